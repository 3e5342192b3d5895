package dev.sandpiper.perf.scenarios;

import dev.sandpiper.perf.report.Row;
import java.util.List;

/** A bench that is long enough in itself not to be repeated. */
record Once(BenchScenario scenario) implements Scenario {
    @Override
    public String name() {
        return scenario.name();
    }

    @Override
    public List<Row> rows() {
        return scenario.rows();
    }

    @Override
    public void run(Stage stage) throws BenchFailure, InterruptedException {
        scenario.run(stage, 1);
    }
}
