package dev.sandpiper.perf.scenarios;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sandpiper.perf.servers.DevServer;
import dev.sandpiper.perf.servers.Metrics;
import dev.sandpiper.perf.servers.Proc;
import dev.sandpiper.perf.servers.Transport;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Subscribers of a topic of their own, much of which is published, that read slowly or not at all. The server should close
 * them, and remember no more for them than it promised.
 */
final class SlowReaders implements Disturbance {
    private static final String CLOSES = "sandpiper_sockets_slow_closes_total";
    private static final AtomicLong TOPICS = new AtomicLong();
    private static final long NEVER = -1;

    private final List<SlowReader> readers = new ArrayList<>();
    private final BulkPublisher publisher;
    private final Metrics metrics;
    private final Proc process;
    private final double closedBefore;
    private final long kilobytesBefore;
    private final Thread watch;
    private volatile long millisUntilClosed = NEVER;
    private volatile boolean over;

    /**
     * @param bytesPerSecond that each reads; {@link Integer#MAX_VALUE} for all there is
     * @param payload bytes of an event
     * @param rate events a second
     */
    record Load(int readers, Transport transport, int bytesPerSecond, int payload, int rate) {
        Maker maker() {
            return lease -> new SlowReaders(this, lease.server());
        }

        /** The same load, read as it comes. */
        Maker calm() {
            return new Load(readers, transport, Integer.MAX_VALUE, payload, rate).maker();
        }
    }

    private SlowReaders(Load load, DevServer server) throws InterruptedException {
        DevServer.Node node = server.node(0);
        String topic = "perf:slow:" + ProcessHandle.current().pid() + ":" + TOPICS.incrementAndGet();
        this.metrics = new Metrics(node);
        this.process = new Proc(node.pid());
        this.closedBefore = metrics.sum(CLOSES);
        this.kilobytesBefore = process.residentKilobytes();
        URI url = URI.create(node.url());
        for (int i = 0; i < load.readers(); i++) {
            readers.add(SlowReader.open(url, server.key(), topic, load.transport(), load.bytesPerSecond()));
        }
        this.publisher = BulkPublisher.start(url, server.key(), topic, load.payload(), load.rate());
        long began = System.nanoTime();
        this.watch = Thread.ofVirtual().start(() -> watch(began, load.readers()));
    }

    private void watch(long began, int count) {
        try {
            while (!over && metrics.sum(CLOSES) - closedBefore < count) {
                TimeUnit.MILLISECONDS.sleep(100);
            }
            millisUntilClosed = over ? NEVER : TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void describe(ObjectNode results) throws InterruptedException {
        publisher.requireNoFailure();
        results.put("closed", metrics.sum(CLOSES) - closedBefore)
                .put("memory_mb", (process.residentKilobytes() - kilobytesBefore) / 1024.0);
        if (millisUntilClosed != NEVER) {
            results.put("seconds_until_closed", millisUntilClosed / 1e3);
        }
    }

    @Override
    public void close() throws InterruptedException {
        over = true;
        watch.join();
        publisher.close();
        readers.forEach(SlowReader::close);
        metrics.close();
    }
}
