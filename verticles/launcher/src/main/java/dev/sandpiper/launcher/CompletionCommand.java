package dev.sandpiper.launcher;

import dev.sandpiper.launcher.cli.Console;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "completion",
        description = {"Prints a completion script for bash and zsh.", "Use it with: source <(./sandpiper completion)"})
final class CompletionCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        Console.OUT.print(AutoComplete.bash("sandpiper", spec.root().commandLine()));
        Console.OUT.println();
    }
}
