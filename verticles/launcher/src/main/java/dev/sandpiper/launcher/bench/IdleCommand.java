package dev.sandpiper.launcher.bench;

import dev.sandpiper.bench.IdleScenario;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "idle",
        description = {
            "Connections that are subscribed and hear nothing: what memory each costs the server. Needs --pid or --management.",
            "",
            "By default 1,000 connections to 1 topic, held for 5 seconds; --rate paces their opening. In the end one event goes to each topic and must reach all of them."
        })
final class IdleCommand implements Callable<Integer> {
    private static final BenchOptions.Defaults DEFAULTS =
            BenchOptions.Defaults.of().connections(1_000).rate(0).duration(Duration.ofSeconds(5));

    @Mixin
    private final BenchOptions options = new BenchOptions();

    @Override
    public Integer call() throws InterruptedException {
        return options.run(new IdleScenario(), DEFAULTS);
    }
}
