package dev.sandpiper.services;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A child that ends when this JVM does, however that ends. It runs in a session of its own and reads nothing.
 *
 * <p>It starts as a shell that waits for a word on its pipe and then becomes the command, under the same process id. The
 * word is given once the {@link Guard} knows the child, so there is no moment at which nobody would end it.
 */
public final class ChildProcess {
    private static final String GATE = "read -r go || exit 125; exec \"$@\" </dev/null";

    private final Process process;
    private final ChildSpec spec;

    private ChildProcess(Process process, ChildSpec spec) {
        this.process = process;
        this.spec = spec;
    }

    public static ChildProcess start(ChildSpec spec) {
        List<String> command = new ArrayList<>(List.of("sh", "-c", GATE, "sandpiper-child"));
        command.addAll(Session.detached(spec.command()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(spec.output().toFile()));
        spec.environment().forEach((name, value) -> {
            if (value.isEmpty()) {
                builder.environment().remove(name);
            } else {
                builder.environment().put(name, value);
            }
        });
        Guard guard = Guard.shared();
        try {
            Process process = builder.start();
            long pid = process.pid();
            guard.watch(pid, spec.stop());
            process.onExit().thenRun(() -> guard.forget(pid));
            try (Writer gate = process.outputWriter(StandardCharsets.US_ASCII)) {
                gate.write("go\n");
            }
            return new ChildProcess(process, spec);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start " + spec.command().getFirst() + ": " + e.getMessage(), e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Completes when it has ended. */
    public CompletableFuture<Integer> onExit() {
        return process.onExit().thenApply(Process::exitValue);
    }

    /** Only once it has ended. */
    public int exitCode() {
        return process.exitValue();
    }

    /** @return false when it still runs after that time */
    public boolean awaitExit(Duration limit) {
        try {
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while a child process was ending", e);
        }
    }

    /** Asks it to end, and ends it by force when it has not after that time. Returns when it is gone. */
    public void stop(Duration patience) {
        if (!process.isAlive()) {
            return;
        }
        signal(spec.stop());
        if (!awaitExit(patience)) {
            kill();
        }
    }

    /** As {@code kill -9}. Returns when it is gone. */
    public void kill() {
        process.destroyForcibly();
        if (!awaitExit(Duration.ofSeconds(10))) {
            throw new ServiceFailure("The process " + pid() + " cannot be killed; it hangs in the kernel");
        }
    }

    public void signal(ChildSpec.Signal signal) {
        try {
            Process kill = new ProcessBuilder("sh", "-c", "kill -s " + signal + " " + pid())
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.DISCARD)
                    .start();
            if (kill.waitFor() != 0 && process.isAlive()) {
                throw new ServiceFailure("The process " + pid() + " does not take signals from this user");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start a shell", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while signalling a child process", e);
        }
    }
}
