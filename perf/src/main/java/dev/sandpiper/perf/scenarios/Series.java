package dev.sandpiper.perf.scenarios;

import dev.sandpiper.perf.report.Row;
import java.util.List;
import java.util.function.IntFunction;

/** A bench in several sizes, for a plot. The reports of each step are those of a scenario {@code name@step}. */
record Series(String name, List<Integer> steps, IntFunction<BenchScenario> scenario) implements Scenario {
    @Override
    public List<Row> rows() {
        return List.of();
    }

    @Override
    public void run(Stage stage) throws BenchFailure, InterruptedException {
        for (int step : steps) {
            scenario.apply(step).run(stage, 1);
        }
    }
}
