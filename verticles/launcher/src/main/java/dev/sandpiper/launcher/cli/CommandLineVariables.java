package dev.sandpiper.launcher.cli;

import java.util.Set;

/** The {@code SANDPIPER_*} variables that the command line reads itself; to a node they mean nothing. */
public final class CommandLineVariables {
    public static final Set<String> NAMES =
            Set.of("SANDPIPER_URL", "SANDPIPER_KEY", "SANDPIPER_JAVA_HOME", "SANDPIPER_JAVA_OPTS");

    private CommandLineVariables() {}
}
