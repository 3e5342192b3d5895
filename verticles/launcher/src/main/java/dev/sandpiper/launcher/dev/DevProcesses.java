package dev.sandpiper.launcher.dev;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The processes of a run, noted in a file. When the former run was killed, its children take a moment to end, and a new run
 * must not write to the same files in the meantime.
 *
 * @param file one line each: process id, and when it started in milliseconds, because ids are used again
 */
record DevProcesses(Path file) {
    private static final Duration PATIENCE = Duration.ofSeconds(6);

    void note(long pid) {
        long started = ProcessHandle.of(pid).map(DevProcesses::started).orElse(0L);
        try {
            Files.writeString(file, pid + " " + started + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + file, e);
        }
    }

    /** Waits for what is left of a former run, and ends it by force when it stays. */
    void awaitFormer() {
        if (!Files.exists(file)) {
            return;
        }
        try {
            List<ProcessHandle> left = Files.readAllLines(file).stream()
                    .map(DevProcesses::find)
                    .flatMap(Optional::stream)
                    .toList();
            await(left);
            left.stream().filter(ProcessHandle::isAlive).forEach(ProcessHandle::destroyForcibly);
            await(left);
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
    }

    private static void await(List<ProcessHandle> processes) {
        CompletableFuture<Void> all = CompletableFuture.allOf(
                processes.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new));
        try {
            all.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Optional<ProcessHandle> find(String line) {
        String[] parts = line.split(" ", 2);
        if (parts.length != 2) {
            return Optional.empty();
        }
        long started = Long.parseLong(parts[1]);
        return ProcessHandle.of(Long.parseLong(parts[0])).filter(process -> started(process) == started);
    }

    private static long started(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }
}
