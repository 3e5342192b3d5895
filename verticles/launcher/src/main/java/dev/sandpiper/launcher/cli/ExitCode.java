package dev.sandpiper.launcher.cli;

/** How a command ended, for whoever called it. */
public final class ExitCode {
    public static final int DONE = 0;
    public static final int FAILED = 1;
    public static final int WRONG_USE = 2;
    public static final int INTERRUPTED = 130;

    private ExitCode() {}
}
