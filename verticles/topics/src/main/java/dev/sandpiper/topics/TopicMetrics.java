package dev.sandpiper.topics;

import dev.sandpiper.domain.Violation;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** How many rules there are, and what they cost and refuse. */
final class TopicMetrics {
    private final MeterRegistry registry;
    private final Timer checks;

    TopicMetrics(MeterRegistry registry, RuleBook rules) {
        this.registry = registry;
        this.checks = Timer.builder("sandpiper.topics.check")
                .description("Time to check a payload against the schema of its topic")
                .register(registry);
        Gauge.builder("sandpiper.topics.rules", rules, RuleBook::size)
                .description("Topic rules that this node follows")
                .register(registry);
    }

    List<Violation> timed(Supplier<List<Violation>> check) {
        long start = System.nanoTime();
        try {
            return check.get();
        } finally {
            checks.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        }
    }

    void refused(String code) {
        Counter.builder("sandpiper.topics.refused")
                .description("Events that the rule of their topic refused, by error code")
                .tag("code", code)
                .register(registry)
                .increment();
    }
}
