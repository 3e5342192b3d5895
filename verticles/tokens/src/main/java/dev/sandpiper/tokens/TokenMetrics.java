package dev.sandpiper.tokens;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;

/** What is counted about tokens; nothing by tenant, issuer or user. */
final class TokenMetrics {
    private final MeterRegistry registry;
    private final Counter hits;
    private final Counter verified;
    private final Counter refused;
    private final Counter unavailable;

    TokenMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.hits = checks("hit");
        this.verified = checks("verified");
        this.refused = checks("refused");
        this.unavailable = checks("unavailable");
    }

    void hit() {
        hits.increment();
    }

    void verified() {
        verified.increment();
    }

    void refused() {
        refused.increment();
    }

    void unavailable() {
        unavailable.increment();
    }

    void fetched(boolean succeeded) {
        counter("sandpiper.tokens.key_fetches", "Fetches of the published keys of issuers", succeeded)
                .increment();
    }

    void asked(boolean succeeded) {
        counter("sandpiper.tokens.handler_calls", "Questions to customers' endpoints", succeeded)
                .increment();
    }

    void gauges(Supplier<Number> cached, Supplier<Number> issuers, Supplier<Number> revocations) {
        gauge("sandpiper.tokens.cached", "Verified tokens that this node remembers", cached);
        gauge("sandpiper.tokens.issuers", "Issuers that this node knows", issuers);
        gauge("sandpiper.tokens.revocations", "Revocations that still matter", revocations);
    }

    private Counter checks(String result) {
        return Counter.builder("sandpiper.tokens.checks")
                .description(
                        "Tokens and other credentials of users: known, verified, refused, or not to be checked now")
                .tag("result", result)
                .register(registry);
    }

    private Counter counter(String name, String description, boolean succeeded) {
        return Counter.builder(name)
                .description(description)
                .tag("outcome", succeeded ? "answered" : "failed")
                .register(registry);
    }

    private void gauge(String name, String description, Supplier<Number> value) {
        Gauge.builder(name, value).description(description).register(registry);
    }
}
