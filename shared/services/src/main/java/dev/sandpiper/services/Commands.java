package dev.sandpiper.services;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Runs short commands to their end. */
final class Commands {
    /** @param text what it printed on both streams; {@code exit} is -1 when it ran out of time and was ended */
    record Outcome(int exit, String text) {
        boolean succeeded() {
            return exit == 0;
        }

        /** For an error message. */
        String lastLine() {
            List<String> lines = text.strip().lines().toList();
            return lines.isEmpty() ? "it said nothing" : lines.getLast().strip();
        }
    }

    private Commands() {}

    static Outcome run(Duration limit, String... command) {
        return run(limit, List.of(command), Map.of());
    }

    static Outcome run(Duration limit, List<String> command, Map<String, String> environment) {
        try {
            Path output = Files.createTempFile("sandpiper-", ".out");
            try {
                ChildProcess process =
                        ChildProcess.start(new ChildSpec(command, environment, output, ChildSpec.Signal.TERM));
                if (!process.awaitExit(limit)) {
                    process.kill();
                    return new Outcome(-1, "it took longer than " + limit.toSeconds() + " s");
                }
                return new Outcome(process.exitCode(), Files.readString(output, StandardCharsets.UTF_8));
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot run " + command.getFirst(), e);
        }
    }
}
