package dev.sandpiper.bench.load;

import dev.sandpiper.bench.load.HttpLine.Request;
import dev.sandpiper.bench.wire.Payload;
import dev.sandpiper.bench.wire.Protocol.Publishing;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Publishes by HTTP over several connections, all on one event loop. A series always goes by the same connection, so its order is
 * known. Every event is numbered within its series and says when it was due.
 */
public final class EventPublisher implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Loops loops = new Loops(1);
    private final EventLoop loop = loops.all().getFirst();
    private final Publishing publishing;
    private final Ledger ledger;
    private final IntFunction<String> topic;
    private final int payload;
    private final int batch;
    private final int[] published;
    private final @Nullable String[] cursors;
    private final List<HttpLine> lines = new ArrayList<>();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong answered = new AtomicLong();
    private final Histogram receipts = new Histogram(3);
    private final CompletableFuture<Void> broken = new CompletableFuture<>();
    private volatile boolean ending;
    /** The work that is under way; on the event loop only. */
    private @Nullable Work work;

    /** What is done with each answer. */
    private interface Work {
        void answered(HttpLine line);
    }

    /**
     * @param series how many there are
     * @param payload bytes of an event's data
     * @param batch events in a request, all of one series
     */
    public EventPublisher(
            Publishing publishing, Ledger ledger, int series, IntFunction<String> topic, int payload, int batch) {
        this.publishing = publishing;
        this.ledger = ledger;
        this.topic = topic;
        this.payload = payload;
        this.batch = batch;
        this.published = new int[series];
        this.cursors = new String[series];
    }

    /**
     * What one call published.
     *
     * @param accepted events that the server said it has
     * @param seconds from the first due time to the last answer
     * @param receipts from when each request was due to its answer, in nanoseconds
     */
    public record Published(long events, long accepted, double seconds, Histogram receipts) {
        public long errors() {
            return events - accepted;
        }
    }

    /** Opens connections; to be called once. */
    public void connect(List<InetSocketAddress> servers, int connections) throws BenchFailure, InterruptedException {
        CompletableFuture<Void> ready = new CompletableFuture<>();
        HttpLine.Owner owner = new HttpLine.Owner() {
            private int open;

            @Override
            public void ready(HttpLine line) {
                if (++open == connections) {
                    ready.complete(null);
                }
            }

            @Override
            public void idle(HttpLine line) {
                if (!ending) {
                    Loops.connect(loop, line, servers.get(line.number() % servers.size()), null);
                }
            }

            @Override
            public void answered(HttpLine line, Request request, int status, String body) {
                receive(line, request, status, body);
            }

            @Override
            public void broken(String why) {
                if (!ending) {
                    ledger.failed(why);
                    broken.complete(null);
                }
            }
        };
        loop.execute(() -> {
            for (int i = 0; i < connections; i++) {
                InetSocketAddress server = servers.get(i % servers.size());
                HttpLine line = new HttpLine(owner, i, server);
                lines.add(line);
                Loops.connect(loop, line, server, null);
            }
        });
        await(ready, PATIENCE, Progress.NONE, "", 1);
    }

    private void receive(HttpLine line, Request request, int status, String body) {
        int good = publishing.accepted(status, body);
        if (good != request.events()) {
            ledger.failed("a publish of " + request.events() + " events was answered with HTTP " + status + " and "
                    + good + " receipts: " + (body.length() > 300 ? body.substring(0, 300) : body));
        }
        accepted.lazySet(accepted.get() + good);
        answered.lazySet(answered.get() + request.events());
        receipts.recordValue(Math.max(0, System.nanoTime() - request.due()));
        if (cursors[request.series()] == null) {
            cursors[request.series()] = publishing.cursor(body);
        }
        if (work != null) {
            work.answered(line);
        }
    }

    private void send(HttpLine line, int series, long due) {
        List<String> data = new ArrayList<>(batch);
        for (int i = 0; i < batch; i++) {
            data.add(Payload.of(due, series, published[series]++, payload));
        }
        sent.lazySet(sent.get() + batch);
        String name = topic.apply(series);
        line.write(
                new Request(series, due, batch),
                publishing.head(name, batch > 1),
                publishing.body(name, data, batch > 1));
    }

    private HttpLine line(int series) {
        return lines.get(series % lines.size());
    }

    /**
     * Publishes on a schedule, without waiting for answers.
     *
     * @param rate events a second
     * @throws BenchFailure when a connection broke, or answers were missing half a minute after the last request
     */
    public Published publishPaced(Choice choice, double rate, Duration duration, Progress progress, String phase)
            throws BenchFailure, InterruptedException {
        Schedule schedule = Schedule.of(System.nanoTime(), rate, batch, duration);
        CompletableFuture<Void> done = new CompletableFuture<>();
        return run(
                schedule.start(),
                done,
                duration,
                schedule.count() * batch,
                progress,
                phase,
                new Paced(schedule, choice, done));
    }

    /** Publishes one batch of each series. */
    public Published publishOnce(Progress progress, String phase) throws BenchFailure, InterruptedException {
        // All are due now; the connections take them as fast as they can.
        Schedule schedule = new Schedule(System.nanoTime(), 0, published.length);
        CompletableFuture<Void> done = new CompletableFuture<>();
        return run(
                schedule.start(),
                done,
                Duration.ZERO,
                schedule.count() * batch,
                progress,
                phase,
                new Paced(schedule, Choice.inTurn(published.length), done));
    }

    /** Publishes on every connection, each a request as soon as the one before was answered; series n on connection n. */
    public Published publishClosed(Duration duration, Progress progress, String phase)
            throws BenchFailure, InterruptedException {
        long start = System.nanoTime();
        CompletableFuture<Void> done = new CompletableFuture<>();
        return run(start, done, duration, 0, progress, phase, new Closed(start + duration.toNanos(), done));
    }

    private <W extends Work & Runnable> Published run(
            long start,
            CompletableFuture<Void> done,
            Duration duration,
            long events,
            Progress progress,
            String phase,
            W next)
            throws BenchFailure, InterruptedException {
        long before = sent.get();
        long acceptedBefore = accepted.get();
        receipts.reset();
        loop.execute(() -> {
            work = next;
            next.run();
        });
        await(done, duration.plus(PATIENCE), progress, phase, events > 0 ? events : duration.toNanos());
        double seconds = (System.nanoTime() - start) / 1e9;
        return new Published(sent.get() - before, accepted.get() - acceptedBefore, seconds, receipts.copy());
    }

    private void await(CompletableFuture<Void> done, Duration limit, Progress progress, String phase, long whole)
            throws BenchFailure, InterruptedException {
        long start = System.nanoTime();
        long before = answered.get();
        while (!done.isDone()) {
            if (broken.isDone()) {
                ledger.requireNoFailure();
            }
            if (System.nanoTime() - start > limit.toNanos()) {
                throw new BenchFailure(
                        "of " + sent.get() + " events " + (sent.get() - answered.get()) + " were not answered in time");
            }
            Ledger.pause();
            progress.at(phase, Math.min(1, Math.max(answered.get() - before, 0) / (double) whole));
        }
    }

    /** Sends what is due, then sleeps until the next. */
    private final class Paced implements Work, Runnable {
        private final Schedule schedule;
        private final Choice choice;
        private final CompletableFuture<Void> done;
        private long requests;

        Paced(Schedule schedule, Choice choice, CompletableFuture<Void> done) {
            this.schedule = schedule;
            this.choice = choice;
            this.done = done;
        }

        @Override
        public void run() {
            long now = System.nanoTime();
            while (requests < schedule.count() && schedule.due(requests) <= now) {
                int series = choice.next();
                send(line(series), series, schedule.due(requests++));
            }
            lines.stream().filter(HttpLine::isDirty).forEach(HttpLine::flush);
            if (requests < schedule.count()) {
                loop.schedule(this, schedule.due(requests) - System.nanoTime(), TimeUnit.NANOSECONDS);
            }
        }

        @Override
        public void answered(HttpLine line) {
            if (requests == schedule.count() && sent.get() == answered.get()) {
                done.complete(null);
            }
        }
    }

    /** Keeps one request under way on every connection until time is up. */
    private final class Closed implements Work, Runnable {
        private final long until;
        private final CompletableFuture<Void> done;

        Closed(long until, CompletableFuture<Void> done) {
            this.until = until;
            this.done = done;
        }

        @Override
        public void run() {
            lines.forEach(this::next);
        }

        private void next(HttpLine line) {
            send(line, line.number(), System.nanoTime());
            line.flush();
        }

        @Override
        public void answered(HttpLine line) {
            if (System.nanoTime() < until) {
                next(line);
            } else if (sent.get() == answered.get()) {
                done.complete(null);
            }
        }
    }

    /** Events of every series so far; after all were answered. */
    public int[] published() {
        return Arrays.copyOf(published, published.length);
    }

    /** From which a client continues after the first event of a series, null when the server does not say. */
    public @Nullable String cursor(int series) {
        return cursors[series];
    }

    @Override
    public void close() {
        ending = true;
        loops.close();
    }
}
