package dev.sandpiper.launcher.dev;

import dev.sandpiper.launcher.cli.Console;
import dev.sandpiper.services.Progress;
import java.util.Locale;

/** Says on standard error what is being done, with the seconds since the start. */
final class Steps implements Progress {
    private final long start = System.nanoTime();

    @Override
    public synchronized void say(String line) {
        double seconds = (System.nanoTime() - start) / 1e9;
        Console.ERR.printf(Locale.ROOT, "[%5.1f s] %s%n", seconds, line);
    }
}
