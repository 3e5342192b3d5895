package dev.sandpiper.perf.faults.report;

import dev.sandpiper.perf.faults.scenarios.Fault;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** A folder with a JSON file for each fault and {@code table.md} for all of them. */
public final class Results {
    private final Path folder;
    private final String invocation;
    private final List<String> rows = new ArrayList<>();

    /** @param root where a folder of the day is made */
    public Results(Path root, String invocation) {
        this.invocation = invocation;
        String day = "faults-" + LocalDate.now(ZoneOffset.UTC);
        try {
            Files.createDirectories(root);
            Path free = root.resolve(day);
            for (int i = 2; Files.exists(free); i++) {
                free = root.resolve(day + "-" + i);
            }
            this.folder = Files.createDirectory(free);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot make a folder in " + root, e);
        }
    }

    public void add(Fault fault, Finding finding, Duration took) {
        JsonObject document = finding.json()
                .put("number", fault.number())
                .put("name", fault.name())
                .put("promise", fault.promise())
                .put("seconds", took.toSeconds())
                .put("command", invocation)
                .put("commit", commit());
        write(fault.number() + "-" + fault.name() + ".json", document.encodePrettily() + "\n");
        rows.add("| " + fault.number() + " | " + fault.what() + " | " + fault.promise() + " | " + finding.text() + " | "
                + (finding.broken().isEmpty() ? "kept" : "**broken**") + " |");
    }

    /** @return where the table is */
    public Path writeTable() {
        return write(
                "table.md",
                "# Faults, " + LocalDate.now(ZoneOffset.UTC) + "\n\n`" + invocation + "`, commit " + commit() + ", "
                        + Runtime.getRuntime().availableProcessors() + " processors, JDK " + Runtime.version()
                        + "; everything over loopback.\n\n| # | fault | must hold | measured | |\n|---|---|---|---|---|\n"
                        + String.join("\n", rows) + "\n");
    }

    private Path write(String name, String text) {
        Path file = folder.resolve(name);
        try {
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + file, e);
        }
    }

    private static String commit() {
        try {
            Process git = new ProcessBuilder("git", "describe", "--always", "--dirty")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String printed = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return printed.isEmpty() ? "unknown" : printed;
        } catch (IOException e) {
            // A source archive, on a machine without git.
            return "unknown";
        }
    }
}
