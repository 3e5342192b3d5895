package dev.sandpiper.launcher.bench;

import dev.sandpiper.bench.FanoutScenario;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "fanout",
        description = {
            "Events of some topics, each to every subscriber of its topic: what a delivery costs the server, and how long"
                    + " it takes.",
            "",
            "By default 1 topic, 1,000 subscribers, 50 events a second. There are as many connections as"
                    + " subscriptions, or as many as --connections says, each with several topics."
        })
final class FanoutCommand implements Callable<Integer> {
    private static final BenchOptions.Defaults DEFAULTS =
            BenchOptions.Defaults.of().subscribers(1_000).rate(50);

    @Mixin
    private final BenchOptions options = new BenchOptions();

    @Override
    public Integer call() throws InterruptedException {
        return options.run(new FanoutScenario(), DEFAULTS);
    }
}
