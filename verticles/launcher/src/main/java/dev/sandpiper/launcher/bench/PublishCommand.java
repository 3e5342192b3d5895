package dev.sandpiper.launcher.bench;

import dev.sandpiper.bench.PublishScenario;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "publish",
        description = {
            "Connections that publish: how many events a second the server acknowledges, and how long an answer takes.",
            "",
            "By default 64 connections with a topic each, one request at a time on each; with --rate requests go out on a schedule. Every event must come back with a receipt."
        })
final class PublishCommand implements Callable<Integer> {
    private static final BenchOptions.Defaults DEFAULTS =
            BenchOptions.Defaults.of().connections(64).topicEach().rate(0);

    @Mixin
    private final BenchOptions options = new BenchOptions();

    @Option(
            names = "--read-back",
            description =
                    "Afterwards a subscriber for each topic resumes from its first event and must get all others, in order.")
    private boolean readBack;

    @Override
    public Integer call() throws InterruptedException {
        return options.run(new PublishScenario(), DEFAULTS, List.of(), 0, readBack);
    }
}
