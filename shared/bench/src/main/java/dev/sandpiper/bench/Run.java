package dev.sandpiper.bench;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.sandpiper.bench.load.BenchFailure;
import dev.sandpiper.bench.load.Choice;
import dev.sandpiper.bench.load.EventPublisher;
import dev.sandpiper.bench.load.EventPublisher.Published;
import dev.sandpiper.bench.load.Fleet;
import dev.sandpiper.bench.load.Ledger;
import dev.sandpiper.bench.load.Plan;
import dev.sandpiper.bench.load.Progress;
import dev.sandpiper.bench.meter.Sample;
import dev.sandpiper.bench.meter.ServerMeter;
import dev.sandpiper.bench.wire.Protocol;
import dev.sandpiper.bench.wire.Protocols;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** One run of a scenario: what it needs, and what it has found so far. */
public final class Run {
    private static final int PUBLISHING_CONNECTIONS = 64;
    private static final int SPARE_DESCRIPTORS = 200;

    private final String name;
    private final Parameters parameters;
    private final Progress progress;
    private final Protocol protocol;
    private final List<InetSocketAddress> servers;
    private final @Nullable ServerMeter meter;
    private final Ledger ledger = new Ledger();
    private final Map<String, @Nullable Object> results = new LinkedHashMap<>();
    private final String id = Long.toString(ThreadLocalRandom.current().nextLong(1L << 40), Character.MAX_RADIX);
    private LongSupplier expected = () -> 0;
    private @Nullable LongSupplier received;
    private @Nullable Sample before;
    private @Nullable Sample measuredFrom;
    private @Nullable Sample measuredTo;

    Run(String name, Parameters parameters, Progress progress) {
        this.name = name;
        this.parameters = parameters;
        this.progress = progress;
        this.protocol =
                Protocols.of(parameters.protocol(), parameters.key(), parameters.path(), parameters.publishPath());
        this.servers = parameters.urls().stream()
                .map(url -> new InetSocketAddress(url.getHost(), url.getPort() < 0 ? 80 : url.getPort()))
                .toList();
        this.meter = ServerMeter.of(parameters.pids(), parameters.management());
    }

    Parameters parameters() {
        return parameters;
    }

    Progress progress() {
        return progress;
    }

    Ledger ledger() {
        return ledger;
    }

    /** A name that no other run uses, so that a run finds nothing but its own events. */
    String topic(int number) {
        return "bench-" + name + "-" + id + "-" + number;
    }

    Fleet fleet(Plan plan, int connections) throws BenchFailure {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                && connections + SPARE_DESCRIPTORS > system.getMaxFileDescriptorCount()) {
            throw new BenchFailure("this process may open only " + system.getMaxFileDescriptorCount()
                    + " files; raise the limit (ulimit -n), or share the connections among several commands");
        }
        return new Fleet(protocol, servers, ledger, plan, connections, parameters.concurrency(), parameters.threads());
    }

    boolean canPublish() {
        return protocol.publishing() != null;
    }

    /** A publisher that is connected. */
    EventPublisher publisher(int series, Topics topics, int connections, int batch)
            throws BenchFailure, InterruptedException {
        Protocol.Publishing publishing = protocol.publishing();
        if (publishing == null) {
            throw new BenchFailure("there is no way to publish; say where with --publish-path");
        }
        EventPublisher publisher =
                new EventPublisher(publishing, ledger, series, topics::of, parameters.payload(), batch);
        try {
            publisher.connect(servers, connections);
            return publisher;
        } catch (BenchFailure | InterruptedException e) {
            publisher.close();
            throw e;
        }
    }

    /** A publisher for one series in each topic, in batches as asked. */
    EventPublisher publisher() throws BenchFailure, InterruptedException {
        return publisher(parameters.batch());
    }

    /** The same that publishes single events. */
    EventPublisher singlePublisher() throws BenchFailure, InterruptedException {
        return publisher(1);
    }

    private EventPublisher publisher(int batch) throws BenchFailure, InterruptedException {
        int topics = parameters.topics();
        return publisher(topics, this::topic, Math.min(topics, PUBLISHING_CONNECTIONS), batch);
    }

    /** The topic of each series. */
    @FunctionalInterface
    interface Topics {
        String of(int series);
    }

    Choice choice() {
        return parameters.zipf() > 0
                ? Choice.zipf(parameters.topics(), parameters.zipf())
                : Choice.inTurn(parameters.topics());
    }

    /** From now on this tells how many deliveries are due in all. */
    void expect(LongSupplier deliveries) {
        expected = deliveries;
    }

    /** Receipts are counted in place of deliveries. */
    void countReceipts(LongSupplier receipts) {
        received = receipts;
    }

    /** Deliveries are counted, as they are at first. */
    void countDeliveries() {
        received = null;
    }

    void awaitAll(String phase) throws BenchFailure, InterruptedException {
        ledger.awaitReceived(expected.getAsLong(), parameters.patience(), progress, phase);
    }

    /** Publishes what the parameters say for so long, waits until everything has arrived everywhere. */
    Published publish(EventPublisher publisher, Choice choice, double rate, Duration duration, String phase)
            throws BenchFailure, InterruptedException {
        Published published = publisher.publishPaced(choice, rate, duration, progress, phase);
        awaitAll(phase);
        return published;
    }

    /** The server as it is before the load. */
    void sampleBefore() throws IOException, InterruptedException {
        before = sample();
    }

    void measureFromHere() throws IOException, InterruptedException {
        measuredFrom = sample();
        ledger.measureFrom(System.nanoTime());
    }

    void measureUntilHere() throws IOException, InterruptedException {
        measuredTo = sample();
    }

    @Nullable
    Sample sample() throws IOException, InterruptedException {
        return meter == null ? null : meter.sample();
    }

    /** Null without a meter. */
    @Nullable
    Double measuredCpuMicros() {
        return measuredFrom == null || measuredTo == null
                ? null
                : (double) (measuredTo.cpuMicros() - measuredFrom.cpuMicros());
    }

    void result(String key, @Nullable Object value) {
        results.put(key, value instanceof Double number ? rounded(number) : value);
    }

    /** To four significant digits more than anybody needs: 3 decimals. */
    static @Nullable Double rounded(double value) {
        return Double.isFinite(value) ? Math.round(value * 1e3) / 1e3 : null;
    }

    static double millis(Histogram nanos, double percentile) {
        return nanos.getTotalCount() == 0 ? Double.NaN : nanos.getValueAtPercentile(percentile) / 1e6;
    }

    Map<String, @Nullable Object> results() {
        return results;
    }

    Verified verified() {
        long due = expected.getAsLong();
        long came = received == null ? ledger.received() : received.getAsLong();
        return new Verified(due, came, Math.max(0, due - came), ledger.repeated(), ledger.reordered());
    }

    @Nullable
    ServerCost cost() {
        Sample start = before;
        Sample end = measuredTo;
        if (start == null || end == null) {
            return null;
        }
        Sample from = measuredFrom == null ? start : measuredFrom;
        return new ServerCost(end.cpuMicros() - from.cpuMicros(), start.rssKb(), end.rssKb());
    }
}
