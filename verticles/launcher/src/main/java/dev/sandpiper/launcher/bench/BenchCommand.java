package dev.sandpiper.launcher.bench;

import picocli.CommandLine.Command;

@Command(
        name = "bench",
        description = {
            "Loads a server, measures it and checks every message.",
            "",
            "A run that lost, repeated or reordered a message, or that the server refused, says so and ends with 1."
        },
        synopsisSubcommandLabel = "SCENARIO",
        subcommands = {
            IdleCommand.class,
            FanoutCommand.class,
            PublishCommand.class,
            LatencyCommand.class,
            ResumeCommand.class,
            ConnectCommand.class
        })
public final class BenchCommand {}
