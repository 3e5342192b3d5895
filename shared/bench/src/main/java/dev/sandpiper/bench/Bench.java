package dev.sandpiper.bench;

import dev.sandpiper.bench.load.BenchFailure;
import dev.sandpiper.bench.load.Progress;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Runs scenarios. */
public final class Bench {
    private Bench() {}

    /** @return what was found, also when the run failed: then {@link Report#failed} says why */
    public static Report run(Scenario scenario, Parameters parameters, Progress progress) throws InterruptedException {
        Instant started = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        long start = System.nanoTime();
        Run run = new Run(scenario.name(), parameters, progress);
        String failed = attempt(scenario, run);
        Verified verified = run.verified();
        return new Report(
                scenario.name(),
                parameters.protocol(),
                parameters.described(),
                started,
                Math.round((System.nanoTime() - start) / 1e6) / 1e3,
                run.results(),
                run.cost(),
                verified,
                failed == null ? verified.fault() : failed);
    }

    private static @Nullable String attempt(Scenario scenario, Run run) throws InterruptedException {
        try {
            scenario.run(run);
            run.ledger().requireNoFailure();
            return null;
        } catch (BenchFailure | IOException e) {
            return e.getMessage() == null ? e.toString() : e.getMessage();
        }
    }
}
