package dev.sandpiper.perf.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A process that ends when this one does: closed in order, or by the shutdown hook after an interruption.
 *
 * @param output what it printed on its standard output
 * @param log what it printed on its standard error
 */
public record Child(String name, Process process, Path output, Path log) implements AutoCloseable {
    private static final Duration STOP = Duration.ofSeconds(45);
    private static final int LOG_LINES = 20;
    private static final Set<Process> ALIVE = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            ALIVE.forEach(Process::destroy);
            ALIVE.forEach(Child::awaitEnd);
        }));
    }

    /** @param environment added to this process's own */
    public static Child start(String name, List<String> command, Map<String, String> environment) {
        try {
            Path output = Files.createTempFile("perf-" + name, ".out");
            Path log = Files.createTempFile("perf-" + name, ".log");
            output.toFile().deleteOnExit();
            log.toFile().deleteOnExit();
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectOutput(output.toFile())
                    .redirectError(log.toFile())
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
            builder.environment().putAll(environment);
            Process process = builder.start();
            ALIVE.add(process);
            return new Child(name, process, output, log);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start " + command.getFirst(), e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public String printed() {
        return read(output);
    }

    /** @throws IllegalStateException with the end of its log when it ended instead, or takes too long */
    public void awaitReady(Duration patience, BooleanSupplier ready) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!ready.getAsBoolean()) {
            if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException(
                        name + " ended with exit code " + process.exitValue() + ":\n" + endOfLog());
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        name + " is not ready after " + patience.toSeconds() + " s:\n" + endOfLog());
            }
        }
    }

    /** Until it ends by itself, then its exit code. */
    public int await(Duration patience) throws InterruptedException {
        if (!process.waitFor(patience.toSeconds(), TimeUnit.SECONDS)) {
            close();
            throw new IllegalStateException(
                    name + " did not end within " + patience.toSeconds() + " s:\n" + endOfLog());
        }
        ALIVE.remove(process);
        return process.exitValue();
    }

    public String endOfLog() {
        List<String> lines = read(log).lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
    }

    @Override
    public void close() {
        process.destroy();
        awaitEnd(process);
        ALIVE.remove(process);
    }

    private static void awaitEnd(Process process) {
        try {
            if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
