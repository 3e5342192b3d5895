package dev.sandpiper.perf.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What Linux knows of a process. */
public record Proc(long pid) {
    private static final int TICKS_PER_SECOND = 100;
    private static final int START_TIME = 19;

    /** Resident memory in KiB. */
    public long residentKilobytes() {
        return read("status")
                .lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }

    /** For how long it has been running, to a hundredth of a second. */
    public Duration age() {
        String stat = read("stat");
        long started = Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[START_TIME]);
        double uptime = Double.parseDouble(read(Path.of("/proc/uptime")).split(" ", -1)[0]);
        return Duration.ofMillis(Math.round((uptime - started / (double) TICKS_PER_SECOND) * 1_000));
    }

    /** The program, then its arguments. */
    List<String> commandLine() {
        return List.of(read("cmdline").split("\0"));
    }

    Path program() {
        try {
            return Path.of("/proc", Long.toString(pid), "exe").toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String read(String file) {
        return read(Path.of("/proc", Long.toString(pid), file));
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
