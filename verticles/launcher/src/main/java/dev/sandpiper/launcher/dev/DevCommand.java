package dev.sandpiper.launcher.dev;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "dev",
        description = {
            "Starts everything on this machine: PostgreSQL, nats-server, and one or more nodes.",
            "",
            "SANDPIPER_NATS_URL and SANDPIPER_DATABASE_URL name servers of your own to use instead. Other SANDPIPER_*"
                    + " settings reach the nodes."
        })
public final class DevCommand implements Callable<Integer> {
    @Option(
            names = "--port",
            defaultValue = "8080",
            paramLabel = "PORT",
            description = "Where the first node listens; the others count up from it. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--management-port",
            defaultValue = "9090",
            paramLabel = "PORT",
            description = "Likewise for health and metrics. Default: ${DEFAULT-VALUE}.")
    private int managementPort;

    @Option(
            names = "--nodes",
            defaultValue = "1",
            paramLabel = "N",
            description = "How many nodes. Default: ${DEFAULT-VALUE}.")
    private int nodes;

    @Option(
            names = "--data",
            defaultValue = ".sandpiper",
            paramLabel = "DIR",
            description = "Keeps state between runs. Default: ${DEFAULT-VALUE}.")
    private Path data = Path.of(".sandpiper");

    @Option(names = "--fresh", description = "Empties the data folder first.")
    private boolean fresh;

    @Option(names = "--json", description = "Prints one JSON line when everything is ready, and nothing else.")
    private boolean json;

    @Override
    public Integer call() {
        return new DevSession(new DevOptions(port, managementPort, nodes, data, fresh, json)).run();
    }
}
