package dev.sandpiper.filters;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;

/** What is counted about filters. */
final class FilterMetrics {
    private final MeterRegistry registry;
    private final Counter compiled;
    private final Counter failed;
    private final Counter cutOff;

    FilterMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.compiled = Counter.builder("sandpiper.filters.compiled")
                .description("Filters that were compiled because no equal one was known")
                .register(registry);
        this.failed = errors("error");
        this.cutOff = errors("cost");
    }

    <T> void cached(T source, ToDoubleFunction<T> value) {
        Gauge.builder("sandpiper.filters.cached", source, value)
                .description("Compiled filters that are kept")
                .register(registry);
    }

    void compiled() {
        compiled.increment();
    }

    /** The condition could not be evaluated for an event. */
    void failed() {
        failed.increment();
    }

    /** The condition took too many steps for an event. */
    void cutOff() {
        cutOff.increment();
    }

    private Counter errors(String cause) {
        return Counter.builder("sandpiper.filters.errors")
                .description("Events that did not match because the filter failed or took too many steps")
                .tag("cause", cause)
                .register(registry);
    }
}
