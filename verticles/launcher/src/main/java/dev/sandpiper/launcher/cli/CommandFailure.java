package dev.sandpiper.launcher.cli;

/** A command did not succeed. The message is a sentence for a person and says what to do. */
public final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int exitCode;

    private CommandFailure(String message, int exitCode) {
        super(message, null, false, false);
        this.exitCode = exitCode;
    }

    public static CommandFailure of(String message) {
        return new CommandFailure(message, ExitCode.FAILED);
    }

    /** The command was called in a way that it does not understand. */
    public static CommandFailure wrongUse(String message) {
        return new CommandFailure(message, ExitCode.WRONG_USE);
    }

    public int exitCode() {
        return exitCode;
    }
}
