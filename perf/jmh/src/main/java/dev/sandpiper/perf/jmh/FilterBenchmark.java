package dev.sandpiper.perf.jmh;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.EventId;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.filters.CelFilters;
import dev.sandpiper.filters.FilterConfig;
import dev.sandpiper.runtime.events.EventFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Whether an event matches a client's condition: for the first filter that sees it, which parses its payload if it needs to; for
 * another filter after that; and for further clients with the same text, who share the answer.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FilterBenchmark {
    @Param({
        "event == 'paid'",
        "data.total > 100",
        "data.total > 100 && data.user.country in ['DE', 'FR']",
        "data.items.exists(i, i.qty > 5)",
        "data.user.name.matches('^a.n$')"
    })
    private String expression = "";

    private final CelFilters filters = new CelFilters(FilterConfig.defaults(), new SimpleMeterRegistry());
    private final StoredEvent known = event();
    private final EventFilter before = filters.compile("data == null");
    private EventFilter filter = event -> false;

    /** Compiles it. */
    @Setup
    public void compile() {
        filter = filters.compile(expression);
    }

    @Benchmark
    public boolean firstFilter() {
        return filter.test(event());
    }

    /** To be taken off from {@link #secondFilter}. */
    @Benchmark
    public boolean parsing() {
        return before.test(event());
    }

    @Benchmark
    public boolean secondFilter() {
        StoredEvent event = event();
        boolean first = before.test(event);
        return filter.test(event) || first;
    }

    @Benchmark
    public boolean sameText() {
        return filter.test(known);
    }

    private static StoredEvent event() {
        return new StoredEvent(
                Samples.TENANT,
                Samples.PROJECT,
                new Topic("orders:7"),
                new EventId("01J00000000000000000000001"),
                "paid",
                Samples.ORDER,
                null,
                "ann",
                Instant.EPOCH,
                new Cursor(1, 1));
    }
}
