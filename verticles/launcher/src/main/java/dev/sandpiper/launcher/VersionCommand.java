package dev.sandpiper.launcher;

import dev.sandpiper.launcher.cli.Console;
import picocli.CommandLine.Command;

@Command(name = "version", description = "Prints the version of Sandpiper and of Java.")
final class VersionCommand implements Runnable {
    @Override
    public void run() {
        Console.OUT.println(new VersionProvider().getVersion()[0]);
    }
}
