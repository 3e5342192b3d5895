package dev.sandpiper.launcher.cli;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What to do when the process is asked to end (SIGINT, SIGTERM, SIGHUP). The work is done before the process goes, which then
 * says {@link ExitCode#INTERRUPTED}.
 */
public final class Interruption {
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

    /**
     * From now on an end of the process is no interruption.
     *
     * @return false when one has begun already
     */
    public boolean disarm() {
        return over.compareAndSet(false, true);
    }
}
