package dev.sandpiper.launcher.bench;

import dev.sandpiper.bench.ConnectScenario;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "connect",
        description = {
            "Connections that arrive: how long each needs until it is subscribed, counted from when it was due.",
            "",
            "By default 1,000 connections to 1 topic at a rate of 1,000 a second. Before, a fifth as many come and go; --warm-up=0 leaves that out."
        })
final class ConnectCommand implements Callable<Integer> {
    private static final BenchOptions.Defaults DEFAULTS =
            BenchOptions.Defaults.of().connections(1_000).rate(1_000).concurrency(1_000);

    @Mixin
    private final BenchOptions options = new BenchOptions();

    @Override
    public Integer call() throws InterruptedException {
        return options.run(new ConnectScenario(), DEFAULTS);
    }
}
