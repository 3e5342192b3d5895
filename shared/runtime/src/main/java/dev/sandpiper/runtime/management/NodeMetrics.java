package dev.sandpiper.runtime.management;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.metrics.MetricsOptions;
import io.vertx.core.spi.VertxMetricsFactory;
import io.vertx.micrometer.MetricsDomain;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of one node: its own, the process's and Vert.x's. Vert.x reports on its pools only; what it would count per
 * request and message is on the way of every event and is counted by the features, cheaper.
 */
public final class NodeMetrics implements AutoCloseable {
    /** What vertx-sql-client calls itself; {@link MetricsDomain} has no name for it. */
    private static final String SQL = "sql";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gc = new JvmGcMetrics();
    private final String nodeId;
    private volatile @Nullable EventLoops loops;

    public NodeMetrics(String nodeId) {
        this.nodeId = nodeId;
    }

    public MeterRegistry registry() {
        return registry;
    }

    /** For {@link io.vertx.core.VertxOptions}. */
    public MetricsOptions vertxOptions() {
        MicrometerMetricsOptions options = new MicrometerMetricsOptions()
                .setEnabled(true)
                // Vert.x keeps registries by name for the whole JVM; nodes that share one must not share metrics.
                .setRegistryName(nodeId + "-" + System.identityHashCode(this));
        for (MetricsDomain domain : MetricsDomain.values()) {
            if (domain != MetricsDomain.NAMED_POOLS) {
                options.addDisabledMetricsCategory(domain.toCategory());
            }
        }
        return options.addDisabledMetricsCategory(SQL);
    }

    public VertxMetricsFactory vertxFactory() {
        return new MicrometerMetricsFactory(registry);
    }

    /** Begins to measure the process and the event loops. */
    public void watch(Vertx vertx) {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ClassLoaderMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        gc.bindTo(registry);
        ResidentMemory.bindTo(registry);
        loops = EventLoops.watch(vertx, registry);
    }

    /** Whether every event loop has run lately. */
    boolean loopsTurn() {
        EventLoops watched = loops;
        return watched == null || watched.turn();
    }

    /** In Prometheus' text format. Takes milliseconds: not for an event loop. */
    public String scrape() {
        return registry.scrape();
    }

    @Override
    public void close() {
        gc.close();
        registry.close();
    }
}
