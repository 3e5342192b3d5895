package dev.sandpiper.cells;

import dev.sandpiper.runtime.config.Settings;
import java.time.Duration;

/**
 * How many event streams there are to be.
 *
 * @param count that tenants are spread over; fewer than there are changes nothing
 * @param settle how long new streams are left empty, so that every node knows of them before a tenant is placed there
 * @param pollInterval between questions for changes that the cluster did not announce
 * @param sweep how long after a tenant has moved its former stream is watched for events that came late
 */
public record CellsConfig(int count, Duration settle, Duration pollInterval, Duration sweep) {
    /** Streams of single tenants are numbered from here. */
    public static final int MAX_SHARED = 64;

    public static CellsConfig from(Settings settings) {
        return new CellsConfig(
                settings.integer(
                        "CELLS",
                        1,
                        1,
                        MAX_SHARED,
                        "Event streams that tenants are spread over; can be raised, but not lowered again"),
                settings.duration(
                        "CELLS_SETTLE",
                        Duration.ofSeconds(10),
                        Duration.ZERO,
                        Duration.ofMinutes(10),
                        "How long after raising SANDPIPER_CELLS the new streams take no tenants, so that every node knows"
                                + " of them before"),
                settings.duration(
                        "CELLS_POLL_INTERVAL",
                        Duration.ofSeconds(1),
                        Duration.ofMillis(50),
                        Duration.ofMinutes(1),
                        "How often a node looks for changed places of tenants that it was not told of"),
                settings.duration(
                        "CELLS_SWEEP",
                        Duration.ofSeconds(15),
                        Duration.ofSeconds(1),
                        Duration.ofHours(1),
                        "How long after a tenant has moved its former stream is watched for events that came late, before"
                                + " they are removed there"));
    }
}
