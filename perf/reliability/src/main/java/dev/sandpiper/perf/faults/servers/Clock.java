package dev.sandpiper.perf.faults.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A node's clock of the day, turned by libfaketime (Debian: {@code libfaketime}) while the node runs. What measures how long
 * something takes is left alone, as when an operator sets the clock.
 *
 * @param file from which the node's process reads by how much its clock is wrong, once a second
 */
public record Clock(Path file) {
    private static final Path LIBRARIES = Path.of("/usr/lib");

    /** Where the library is on this machine; empty when it is not installed. */
    public static Optional<Path> library() {
        try (Stream<Path> folders = Files.list(LIBRARIES)) {
            return Stream.concat(Stream.of(LIBRARIES), folders.filter(Files::isDirectory))
                    .map(folder -> folder.resolve("faketime/libfaketimeMT.so.1"))
                    .filter(Files::isReadable)
                    .findFirst();
        } catch (IOException e) {
            // No such folder: another kind of system.
            return Optional.empty();
        }
    }

    static Clock in(Path folder, String node) {
        var clock = new Clock(folder.resolve(node + ".clock"));
        if (!Files.exists(clock.file)) {
            clock.set(Duration.ZERO);
        }
        return clock;
    }

    /** Makes it wrong by so much, within a second. */
    public void set(Duration offset) {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        try {
            Files.writeString(next, (offset.isNegative() ? "" : "+") + offset.toSeconds() + "\n");
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot turn the clock " + file, e);
        }
    }

    Map<String, String> environment() {
        Path library =
                library().orElseThrow(() -> new IllegalStateException("libfaketime is not installed on this machine"));
        return Map.of(
                "LD_PRELOAD", library.toString(),
                "FAKETIME_TIMESTAMP_FILE", file.toString(),
                "FAKETIME_CACHE_DURATION", "1",
                "FAKETIME_DONT_FAKE_MONOTONIC", "1",
                "DONT_FAKE_MONOTONIC", "1");
    }
}
