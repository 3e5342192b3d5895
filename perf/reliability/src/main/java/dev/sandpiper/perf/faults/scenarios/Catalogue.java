package dev.sandpiper.perf.faults.scenarios;

import dev.sandpiper.perf.faults.load.Shape;
import java.time.Duration;
import java.util.List;

/** All faults, in the order of their lines. */
public final class Catalogue {
    private Catalogue() {}

    /** As they are reported. Minutes each. */
    public static List<Fault> full() {
        return List.of(
                new LeaderKill(20, 2_500),
                new NodeKill(20, new Shape(20, 50, 1, Duration.ofMillis(200)), 500),
                new Freeze(3, Duration.ofSeconds(30), 3),
                new Network(5, Duration.ofSeconds(8)),
                new EverythingKill(50, 500),
                new RollingRestart(5, 3, new Shape(1, 30, 12, Duration.ofMillis(5)), 500),
                new ConsumerKill(200, 4, 200),
                new NatsPause(50, 500),
                new StoreFull(64),
                new ClockJump(3));
    }

    /** Whether all of them work. Seconds each. */
    public static List<Fault> smoke() {
        return List.of(
                new LeaderKill(1, 200),
                new NodeKill(2, new Shape(2, 10, 1, Duration.ofMillis(20)), 50),
                new Freeze(2, Duration.ofSeconds(12), 1),
                new Network(1, Duration.ofSeconds(3)),
                new EverythingKill(1, 200),
                new RollingRestart(1, 2, new Shape(1, 4, 4, Duration.ofMillis(5)), 100),
                new ConsumerKill(5, 4, 100),
                new NatsPause(2, 200),
                new StoreFull(16),
                new ClockJump(1));
    }
}
