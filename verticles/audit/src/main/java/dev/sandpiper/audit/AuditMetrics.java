package dev.sandpiper.audit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What the audit trail counts. Safe for use by several threads. */
final class AuditMetrics {
    private final Set<String> broken = ConcurrentHashMap.newKeySet();
    private final Counter checkpoints;
    private final Counter verified;
    private final Counter refused;
    private final Counter written;
    private final Counter failures;

    AuditMetrics(MeterRegistry registry) {
        Gauge.builder("sandpiper.audit.chains.broken", broken, Set::size)
                .description("Chains of the audit trail that are not what was written, on the node that verifies")
                .register(registry);
        checkpoints = counter(registry, "sandpiper.audit.checkpoints", "Checkpoints that this node signed");
        verified = counter(registry, "sandpiper.audit.verified", "Entries that this node verified");
        refused = counter(registry, "sandpiper.audit.refusals", "Refused requests that were taken note of");
        written = counter(
                registry, "sandpiper.audit.refusals.written", "Entries that were written about refused requests");
        failures =
                counter(registry, "sandpiper.audit.failures", "Times that the work on the audit trail was broken off");
    }

    void verified(Verdict verdict) {
        verified.increment((double) verdict.entries());
        if (verdict.valid()) {
            broken.remove(verdict.chain());
        } else {
            broken.add(verdict.chain());
        }
    }

    boolean isBroken(String chain) {
        return broken.contains(chain);
    }

    /** Another node looks now. */
    void nothingKnown() {
        broken.clear();
    }

    void checkpointed() {
        checkpoints.increment();
    }

    void refused() {
        refused.increment();
    }

    void written() {
        written.increment();
    }

    void failed() {
        failures.increment();
    }

    private static Counter counter(MeterRegistry registry, String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }
}
