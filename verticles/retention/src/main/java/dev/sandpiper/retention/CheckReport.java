package dev.sandpiper.retention;

import java.time.Instant;
import java.util.List;

/**
 * What a check of consistency found.
 *
 * @param events and {@code bytes}: what the stream says
 * @param findings one sentence each; empty when everything agrees
 * @param repaired how many of them were put right
 */
public record CheckReport(
        Instant at, long events, long bytes, int topics, int marks, List<String> findings, int repaired) {
    public CheckReport {
        findings = List.copyOf(findings);
    }

    public boolean isClean() {
        return findings.isEmpty();
    }
}
