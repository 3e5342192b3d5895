package dev.sandpiper.perf.faults.clock;

import dev.sandpiper.testkit.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/**
 * The clock of another JVM, which runs with {@link ClockAgent}. What measures how long something takes is left alone, as when
 * an operator sets the clock.
 *
 * @param file from which the other JVM reads by how much its clock is wrong
 */
public record Clock(Path file) {
    /** @param folder of the installation, with a file for each node */
    public static Clock of(Path folder, String node) {
        return new Clock(folder.resolve(node + ".clock"));
    }

    /** Makes it wrong by so much. Returns when the other JVM has taken it. */
    public void set(Duration offset) {
        String wanted = Long.toString(offset.toMillis());
        Path next = file.resolveSibling(file.getFileName() + ".next");
        try {
            Files.writeString(next, wanted);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot turn the clock " + file, e);
        }
        Path taken = taken(file);
        Eventually.await(
                file + " is taken",
                () -> Files.exists(taken) && Files.readString(taken).equals(wanted));
    }

    /** The JVM option that makes a clock of a JVM one of these. The agent's classes must be on its class path. */
    public String option() {
        Path jar = file.resolveSibling("clock-agent.jar");
        if (!Files.exists(jar)) {
            var manifest = new Manifest();
            manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
            manifest.getMainAttributes().putValue("Premain-Class", ClockAgent.class.getName());
            manifest.getMainAttributes().putValue("Can-Retransform-Classes", "true");
            try {
                new JarOutputStream(Files.newOutputStream(jar), manifest).close();
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot write " + jar, e);
            }
        }
        return "-javaagent:" + jar + "=" + file;
    }

    /** Where the other JVM repeats what it has taken. */
    static Path taken(Path file) {
        return file.resolveSibling(file.getFileName() + ".taken");
    }
}
