package dev.sandpiper.bench.meter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** One process of this machine, as Linux accounts for it. */
record ProcessMeter(long pid) implements ServerMeter {
    private static final long MICROS_PER_TICK = 1_000_000 / 100;

    @Override
    public Sample sample() throws IOException {
        String stat = read("stat");
        // The name in parentheses may hold spaces; user and system time are fields 14 and 15.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        long ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        long rss = read("status")
                .lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElse(0);
        return new Sample(ticks * MICROS_PER_TICK, rss);
    }

    private String read(String file) throws IOException {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), file));
        } catch (NoSuchFileException e) {
            throw new IOException("process " + pid + " does not run on this machine, or this is not Linux", e);
        }
    }
}
