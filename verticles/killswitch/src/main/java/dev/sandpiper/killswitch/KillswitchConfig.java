package dev.sandpiper.killswitch;

import dev.sandpiper.runtime.config.Settings;
import java.time.Duration;

/**
 * How nodes keep to suspensions.
 *
 * @param pollInterval between questions for suspensions that the bus did not tell of
 * @param lease how long a node goes on without an answer from PostgreSQL before it counts as not knowing; longer than the interval
 * @param unverified what a node does that does not know
 */
public record KillswitchConfig(Duration pollInterval, Duration lease, Unverified unverified) {
    /** What becomes of tenants of whom a node cannot know whether they are suspended. */
    public enum Unverified {
        /** They are served: PostgreSQL may be away without anybody noticing. */
        SERVE,
        /** They are not: a suspension holds even on a node that is cut off from PostgreSQL and from the other nodes. */
        REFUSE
    }

    public static KillswitchConfig from(Settings settings) {
        Duration poll = settings.duration(
                "KILLSWITCH_POLL_INTERVAL",
                Duration.ofSeconds(1),
                Duration.ofMillis(50),
                Duration.ofSeconds(10),
                "How often a node looks for suspensions of tenants that it was not told of.");
        Duration lease = settings.duration(
                "KILLSWITCH_LEASE",
                Duration.ofSeconds(4),
                Duration.ofMillis(200),
                Duration.ofMinutes(1),
                "How long a node goes on without PostgreSQL before it counts as not knowing who is suspended.");
        if (lease.compareTo(poll.multipliedBy(2)) < 0) {
            settings.fault("KILLSWITCH_LEASE", "must be at least twice KILLSWITCH_POLL_INTERVAL");
        }
        return new KillswitchConfig(
                poll,
                lease,
                settings.choice(
                        "KILLSWITCH_UNVERIFIED",
                        Unverified.class,
                        Unverified.SERVE,
                        "What a node does that cannot reach PostgreSQL for so long: serve all that it knows no suspension of, or refuse."));
    }
}
