package dev.sandpiper.runtime.management;

import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.config.Settings;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * One counter by tenant with bounded cardinality: the busiest tenants have a series each, all others share the one with
 * {@code tenant="_other"}. A tenant that becomes one of the busiest begins a new series, which other series lose nothing to;
 * one that no longer is loses its own, and counts as other from then on.
 *
 * <p>Safe for use by several threads.
 */
public final class TenantCounters {
    /** No tenant's id begins like this. */
    private static final String OTHER = "_other";

    private static final long INTERVAL = TimeUnit.SECONDS.toNanos(10);
    /** So much busier has to be who takes another's place: series that come and go help nobody. */
    private static final double CLEARLY = 2;

    private static final double FADING = 0.5;
    private static final double FORGOTTEN = 0.5;

    private static final class Tally {
        private final LongAdder recent = new LongAdder();
        private volatile Counter counter;
        /** Recent counts, older ones weighing less. Only used by whoever ranks. */
        private double weight;

        Tally(Counter counter) {
            this.counter = counter;
        }
    }

    private final MeterRegistry registry;
    private final String name;
    private final String description;
    private final int max;
    private final Counter other;
    private final Map<TenantId, Tally> tallies = new ConcurrentHashMap<>();
    private final AtomicLong ranksAt = new AtomicLong(System.nanoTime() + INTERVAL);
    private int named;

    /** @param max tenants with a series of their own */
    public TenantCounters(MeterRegistry registry, String name, String description, int max) {
        this.registry = registry;
        this.name = name;
        this.description = description;
        this.max = max;
        this.other = counter(OTHER);
    }

    /** The setting for {@code max}, the same for all counters. */
    public static int setting(Settings s) {
        return s.integer(
                "METRICS_TENANTS",
                50,
                0,
                10_000,
                "Tenants that have metrics of their own, the busiest; the others are counted together");
    }

    public void count(TenantId tenant, long count) {
        Tally tally = tallies.get(tenant);
        if (tally == null) {
            tally = begin(tenant);
        }
        tally.recent.add(count);
        tally.counter.increment((double) count);
        long due = ranksAt.get();
        long now = System.nanoTime();
        if (now - due > 0 && ranksAt.compareAndSet(due, now + INTERVAL)) {
            rank();
        }
    }

    private synchronized Tally begin(TenantId tenant) {
        Tally tally = tallies.get(tenant);
        if (tally == null) {
            tally = new Tally(named < max ? name(tenant) : other);
            tallies.put(tenant, tally);
        }
        return tally;
    }

    private Counter name(TenantId tenant) {
        named++;
        return counter(tenant.value());
    }

    /** Gives the series to the busiest, and forgets whom nothing was counted for lately. */
    synchronized void rank() {
        tallies.values().forEach(tally -> tally.weight = tally.weight * FADING + tally.recent.sumThenReset());
        tallies.forEach((tenant, tally) -> {
            if (tally.weight < FORGOTTEN) {
                unname(tally);
                tallies.remove(tenant, tally);
            }
        });
        Comparator<Map.Entry<TenantId, Tally>> byWeight = Comparator.comparingDouble(entry -> entry.getValue().weight);
        List<Map.Entry<TenantId, Tally>> out = tallies.entrySet().stream()
                .filter(entry -> isOther(entry.getValue()))
                .sorted(byWeight.reversed())
                .limit(max)
                .toList();
        List<Map.Entry<TenantId, Tally>> in = tallies.entrySet().stream()
                .filter(entry -> !isOther(entry.getValue()))
                .sorted(byWeight)
                .toList();
        int weakest = 0;
        for (Map.Entry<TenantId, Tally> challenger : out) {
            if (named >= max) {
                if (weakest == in.size()
                        || challenger.getValue().weight
                                <= CLEARLY * in.get(weakest).getValue().weight) {
                    break;
                }
                unname(in.get(weakest++).getValue());
            }
            challenger.getValue().counter = name(challenger.getKey());
        }
    }

    private void unname(Tally tally) {
        if (!isOther(tally)) {
            registry.remove(tally.counter);
            tally.counter = other;
            named--;
        }
    }

    private boolean isOther(Tally tally) {
        return tally.counter.equals(other);
    }

    private Counter counter(String tenant) {
        return Counter.builder(name)
                .description(description)
                .tag("tenant", tenant)
                .register(registry);
    }
}
