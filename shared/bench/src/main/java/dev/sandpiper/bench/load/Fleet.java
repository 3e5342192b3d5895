package dev.sandpiper.bench.load;

import dev.sandpiper.bench.wire.Protocol;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Many subscribers at one server, or dealt to several. */
public final class Fleet implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration SHOWN_EVERY = Duration.ofMillis(50);

    private final Loops loops;
    private final List<Share> shares = new ArrayList<>();
    private final List<InetSocketAddress> servers;
    private final Ledger ledger;
    private final Plan plan;
    private final Sources sources;
    private final int size;
    private final AtomicInteger subscribed = new AtomicInteger();
    private final Semaphore room;
    private final int concurrency;
    private volatile boolean ending;
    private int asked;

    /**
     * @param size how many connections there will be at most
     * @param concurrency how many are being opened at the same time
     * @param threads that serve them
     */
    public Fleet(
            Protocol protocol,
            List<InetSocketAddress> servers,
            Ledger ledger,
            Plan plan,
            int size,
            int concurrency,
            int threads) {
        this.loops = new Loops(threads);
        this.servers = servers;
        this.ledger = ledger;
        this.plan = plan;
        this.size = size;
        this.sources = new Sources(servers.getFirst(), size);
        this.concurrency = concurrency;
        this.room = new Semaphore(concurrency);
        for (int i = 0; i < threads; i++) {
            shares.add(new Share(protocol, ledger, () -> ending, this::onSubscribed));
        }
    }

    private void onSubscribed() {
        subscribed.incrementAndGet();
        room.release();
    }

    /** How many stand. */
    public int subscribed() {
        return subscribed.get();
    }

    /**
     * Opens connections and waits until every one is subscribed.
     *
     * @param rate connections a second, each counted from when it was due; 0 for as fast as the server answers
     * @throws BenchFailure when one was refused, or took longer than half a minute
     */
    public void open(int count, double rate, Progress progress) throws BenchFailure, InterruptedException {
        long start = System.nanoTime();
        long shown = start;
        for (int i = 0; i < count; i++) {
            long due = rate > 0 ? start + (long) (i * 1e9 / rate) : 0;
            waitUntil(due);
            // A paced connection keeps its due time while it waits for room.
            awaitRoom(1);
            long now = System.nanoTime();
            open(asked++, rate > 0 ? due : now);
            if (now - shown > SHOWN_EVERY.toNanos()) {
                shown = now;
                progress.at("connecting", asked / (double) size);
            }
        }
        awaitRoom(concurrency);
        room.release(concurrency);
        progress.at("connecting", asked / (double) size);
    }

    private void awaitRoom(int permits) throws BenchFailure, InterruptedException {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (!room.tryAcquire(permits, 20, TimeUnit.MILLISECONDS)) {
            ledger.requireNoFailure();
            if (System.nanoTime() > until) {
                throw new BenchFailure("of " + asked + " connections " + (asked - subscribed.get())
                        + " were not subscribed within " + PATIENCE.toSeconds() + " seconds");
            }
        }
        ledger.requireNoFailure();
    }

    private void open(int connection, long due) {
        EventLoop loop = loops.all().get(connection % loops.all().size());
        Share share = shares.get(connection % shares.size());
        loop.execute(() -> {
            InetSocketAddress to = servers.get(connection % servers.size());
            Subscriber.Opening opening = plan.opening(connection, to);
            Subscriber subscriber = new Subscriber(share, opening, plan.series().apply(connection), plan.first(), due);
            Loops.connect(loop, subscriber, to, sources.of(connection));
        });
    }

    private static void waitUntil(long time) throws InterruptedException {
        for (long left = time - System.nanoTime(); time != 0 && left > 0; left = time - System.nanoTime()) {
            LockSupport.parkNanos(left);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    @Override
    public void close() {
        ending = true;
        loops.close();
    }
}
