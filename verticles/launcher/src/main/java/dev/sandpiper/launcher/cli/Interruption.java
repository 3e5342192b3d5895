package dev.sandpiper.launcher.cli;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What to do when the process is asked to end (SIGINT, SIGTERM, SIGHUP). The work is done before the process goes, which then
 * says {@link ExitCode#INTERRUPTED}.
 */
public final class Interruption implements AutoCloseable {
    private final AtomicBoolean over = new AtomicBoolean();

    /** @param stop is run by a thread of its own, once, and only when a signal ends the process */
    public Interruption(Runnable stop) {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            if (over.compareAndSet(false, true)) {
                                stop.run();
                                Runtime.getRuntime().halt(ExitCode.INTERRUPTED);
                            }
                        },
                        "stop"));
    }

    /** The work ends by itself. When a signal came first, this does not return: the process ends once the stop is done. */
    @Override
    public void close() {
        if (!over.compareAndSet(false, true)) {
            new CompletableFuture<Void>().join();
        }
    }
}
