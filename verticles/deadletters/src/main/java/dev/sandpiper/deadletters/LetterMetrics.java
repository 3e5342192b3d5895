package dev.sandpiper.deadletters;

import dev.sandpiper.domain.TenantId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What a node knows about dead letters. What is kept is the same on every node; what was done is counted where it was done. */
public final class LetterMetrics {
    /** No tenant's id begins like this. */
    private static final String OTHER = "_other";

    private static final String CAPTURED = "sandpiper.deadletters.captured";
    private static final String REDRIVEN = "sandpiper.deadletters.redriven";

    private final MultiGauge kept;
    private final int tenantSeries;
    private final Map<Reason, Counter> captured = new EnumMap<>(Reason.class);
    private final Map<RedriveTarget, Counter> redriven = new EnumMap<>(RedriveTarget.class);
    private final Counter discarded;
    private final Counter overflowed;
    private final Counter unattributed;
    private volatile @Nullable Instant oldest;
    private volatile long waiting;

    /** @param tenantSeries tenants with a series of their own */
    public LetterMetrics(MeterRegistry registry, int tenantSeries, InstantSource clock) {
        this.tenantSeries = tenantSeries;
        this.kept = MultiGauge.builder("sandpiper.deadletters.kept")
                .description(
                        "Dead letters that are kept, in the whole installation; the tenants that have most, others together")
                .register(registry);
        for (Reason reason : Reason.values()) {
            captured.put(
                    reason,
                    Counter.builder(CAPTURED)
                            .description("Events that became dead letters by way of this node, by reason")
                            .tag("reason", reason.wireName())
                            .register(registry));
        }
        for (RedriveTarget target : RedriveTarget.values()) {
            redriven.put(
                    target,
                    Counter.builder(REDRIVEN)
                            .description("Dead letters whose event was sent again")
                            .tag("to", target.wireName())
                            .register(registry));
        }
        this.discarded = Counter.builder("sandpiper.deadletters.discarded")
                .description("Dead letters that were discarded on request")
                .register(registry);
        this.overflowed = Counter.builder("sandpiper.deadletters.overflowed")
                .description("Dead letters removed because their project had too many")
                .register(registry);
        this.unattributed = Counter.builder("sandpiper.deadletters.unattributed")
                .description("Failures that became no dead letter because nothing tells whose event it was")
                .register(registry);
        TimeGauge.builder("sandpiper.deadletters.oldest.age", this, TimeUnit.MILLISECONDS, m -> m.ageMillis(clock))
                .description("Age of the oldest dead letter in the whole installation, 0 without any")
                .register(registry);
        Gauge.builder("sandpiper.deadletters.advisories.waiting", this, m -> m.waiting)
                .description("Failures of consumers that wait to become dead letters")
                .register(registry);
        kept(Map.of(), null, 0);
    }

    /** An event became a letter. */
    public void captured(Reason reason) {
        counter(captured.get(reason)).increment();
    }

    /** Nobody knows whose event failed. */
    public void unattributed() {
        unattributed.increment();
    }

    /** Letters were removed because there were too many. */
    public void overflowed(long count) {
        overflowed.increment((double) count);
    }

    void redriven(RedriveTarget to) {
        counter(redriven.get(to)).increment();
    }

    void discarded() {
        discarded.increment();
    }

    /**
     * What there is, as just counted.
     *
     * @param byTenant letters of each tenant that has any
     * @param since when the oldest was stored; null without any
     * @param advisories that are not captured yet
     */
    public void kept(Map<TenantId, Long> byTenant, @Nullable Instant since, long advisories) {
        oldest = since;
        waiting = advisories;
        List<Map.Entry<TenantId, Long>> ranked = byTenant.entrySet().stream()
                .sorted(Map.Entry.<TenantId, Long>comparingByValue().reversed())
                .toList();
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        ranked.stream()
                .limit(tenantSeries)
                .sorted(Comparator.comparing(entry -> entry.getKey().value()))
                .forEach(entry -> rows.add(row(entry.getKey().value(), entry.getValue())));
        rows.add(row(
                OTHER,
                ranked.stream()
                        .skip(tenantSeries)
                        .mapToLong(Map.Entry::getValue)
                        .sum()));
        kept.register(rows, true);
    }

    private static MultiGauge.Row<?> row(String tenant, long count) {
        return MultiGauge.Row.of(Tags.of("tenant", tenant), count);
    }

    private long ageMillis(InstantSource clock) {
        Instant since = oldest;
        return since == null ? 0 : Math.max(0, clock.millis() - since.toEpochMilli());
    }

    private static Counter counter(@Nullable Counter counter) {
        if (counter == null) {
            throw new IllegalStateException("every constant has a counter");
        }
        return counter;
    }
}
