package dev.sandpiper.launcher.bench;

import dev.sandpiper.bench.LatencyScenario;
import dev.sandpiper.launcher.cli.CommandFailure;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "latency",
        description = {
            "Fan-out at one rate after another: how lateness grows with load.",
            "",
            "By default 1 topic, 10 subscribers, and 100, 500 and 2,000 events a second, 10 seconds each."
        })
final class LatencyCommand implements Callable<Integer> {
    private static final BenchOptions.Defaults DEFAULTS =
            BenchOptions.Defaults.of().subscribers(10);

    @Mixin
    private final BenchOptions options = new BenchOptions();

    @Option(
            names = "--rates",
            split = ",",
            paramLabel = "N",
            defaultValue = "100,500,2000",
            description = "Events a second, separated by commas. Default ${DEFAULT-VALUE}.")
    private List<Double> rates = List.of();

    @Override
    public Integer call() throws InterruptedException {
        if (rates.stream().anyMatch(rate -> rate <= 0)) {
            throw CommandFailure.wrongUse("--rates must be more than 0");
        }
        return options.run(new LatencyScenario(), DEFAULTS, rates, 0, false);
    }
}
