package dev.sandpiper.launcher.dev;

import dev.sandpiper.launcher.cli.CommandFailure;
import java.nio.file.Path;

/**
 * @param port of the first node; the others count up from it
 * @param managementPort likewise
 * @param json whether to print one line for a program instead of words for a person
 */
record DevOptions(int port, int managementPort, int nodes, Path data, boolean fresh, boolean json) {
    private static final int MOST_NODES = 16;
    private static final int HIGHEST_PORT = 65_535;

    /** @throws CommandFailure saying how to call it */
    DevOptions {
        if (nodes < 1 || nodes > MOST_NODES) {
            throw CommandFailure.wrongUse("--nodes must be from 1 to " + MOST_NODES);
        }
        if (port < 1 || port + nodes - 1 > HIGHEST_PORT) {
            throw CommandFailure.wrongUse("--port must leave room for " + nodes + " ports from 1 to " + HIGHEST_PORT);
        }
        if (managementPort < 1 || managementPort + nodes - 1 > HIGHEST_PORT) {
            throw CommandFailure.wrongUse(
                    "--management-port must leave room for " + nodes + " ports from 1 to " + HIGHEST_PORT);
        }
        if (Math.abs(port - managementPort) < nodes) {
            throw CommandFailure.wrongUse(
                    "With " + nodes + " nodes, --port and --management-port must be at least " + nodes + " apart");
        }
    }
}
