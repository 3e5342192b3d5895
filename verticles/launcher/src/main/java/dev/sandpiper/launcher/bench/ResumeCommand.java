package dev.sandpiper.launcher.bench;

import dev.sandpiper.bench.ResumeScenario;
import dev.sandpiper.launcher.cli.CommandFailure;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "resume",
        description = {
            "Clients that come back all at once, each having missed the same number of events: how long until all have them.",
            "",
            "By default 1,000 clients of 1 topic and 100 missed events."
        })
final class ResumeCommand implements Callable<Integer> {
    private static final BenchOptions.Defaults DEFAULTS =
            BenchOptions.Defaults.of().connections(1_000).concurrency(1_000);

    @Mixin
    private final BenchOptions options = new BenchOptions();

    @Option(
            names = "--missed",
            paramLabel = "N",
            defaultValue = "100",
            description = "Events of its topic that each client has missed. Default ${DEFAULT-VALUE}.")
    private int missed;

    @Override
    public Integer call() throws InterruptedException {
        if (missed < 1) {
            throw CommandFailure.wrongUse("--missed must be at least 1");
        }
        return options.run(new ResumeScenario(), DEFAULTS, List.of(), missed, false);
    }
}
