package dev.sandpiper.perf.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** Where and when, and of what: without these a figure means nothing. */
public record Machine(String processors, String memory, String kernel, String jdk, String commit, LocalDate date) {
    private static final double GIB = 1024.0 * 1024 * 1024;

    public static Machine here() {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return new Machine(
                system.getAvailableProcessors() + " processors (" + model() + ")",
                Math.round(system.getTotalMemorySize() / GIB) + " GiB",
                system.getName() + " " + system.getVersion(),
                System.getProperty("java.vendor.version") + " (" + System.getProperty("java.version") + ")",
                describedCommit(),
                LocalDate.now(ZoneOffset.UTC));
    }

    private static String model() {
        try {
            return Files.readString(Path.of("/proc/cpuinfo"))
                    .lines()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String describedCommit() {
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
