package dev.sandpiper.launcher.bench;

import dev.sandpiper.bench.load.Progress;
import dev.sandpiper.launcher.cli.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/** Shows how far a run is: a bar that moves on a terminal, a line for each phase elsewhere. */
final class ProgressBar implements Progress {
    private static final int WIDTH = 30;
    private static final Duration EVERY = Duration.ofMillis(100);

    private final boolean terminal = isTerminal();
    private String phase = "";
    private long shown;

    @Override
    public void at(String now, double fraction) {
        boolean isNew = !now.equals(phase);
        if (!terminal) {
            if (isNew) {
                phase = now;
                Console.ERR.println(now);
            }
            return;
        }
        if (isNew && !phase.isEmpty()) {
            Console.ERR.println();
        }
        phase = now;
        if (isNew || fraction >= 1 || System.nanoTime() - shown > EVERY.toNanos()) {
            shown = System.nanoTime();
            int done = (int) Math.min(WIDTH, Math.round(fraction * WIDTH));
            Console.ERR.printf(
                    Locale.ROOT,
                    "\r%-14s [%s%s] %3.0f %%",
                    now,
                    "=".repeat(done),
                    " ".repeat(WIDTH - done),
                    Math.min(1, fraction) * 100);
        }
    }

    /** Whether standard error is one, as far as the system tells; Java only says so of standard input and output together. */
    private static boolean isTerminal() {
        try {
            String device = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty");
        } catch (IOException e) {
            return false;
        }
    }

    /** Leaves the line of the bar. */
    void end() {
        if (terminal && !phase.isEmpty()) {
            Console.ERR.println();
        }
    }
}
