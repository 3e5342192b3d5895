package dev.sandpiper.launcher.dev;

import dev.sandpiper.launcher.cli.CommandLineVariables;
import dev.sandpiper.services.FreePorts;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The settings of the nodes: what {@code dev} decides, over what the user set. */
final class NodeEnvironment {
    private final DevOptions options;
    private final DevServices services;
    private final String secret;
    private final List<Integer> clusterPorts;

    NodeEnvironment(DevOptions options, DevServices services, String secret) {
        this.options = options;
        this.services = services;
        this.secret = secret;
        this.clusterPorts = IntStream.range(0, options.nodes())
                .mapToObj(i -> FreePorts.next())
                .toList();
    }

    /** @param index from 0 */
    Map<String, String> of(int index) {
        Map<String, String> settings = new HashMap<>();
        CommandLineVariables.NAMES.forEach(name -> settings.put(name, ""));
        settings.put("SANDPIPER_NODE_ID", "node-" + (index + 1));
        settings.put("SANDPIPER_SECRET", secret);
        settings.put("SANDPIPER_DATABASE_URL", services.databaseUrl());
        settings.put("SANDPIPER_NATS_URL", services.natsUrl());
        if (!services.natsMonitoringUrl().isEmpty()) {
            settings.put("SANDPIPER_NATS_MONITOR_URL", services.natsMonitoringUrl());
        }
        settings.put("SANDPIPER_HTTP_HOST", "127.0.0.1");
        settings.put("SANDPIPER_HTTP_PORT", Integer.toString(options.port() + index));
        settings.put("SANDPIPER_MANAGEMENT_HOST", "127.0.0.1");
        settings.put("SANDPIPER_MANAGEMENT_PORT", Integer.toString(options.managementPort() + index));
        settings.put("SANDPIPER_CLUSTER_NAME", "dev-" + ProcessHandle.current().pid());
        settings.put("SANDPIPER_CLUSTER_HOST", "127.0.0.1");
        settings.put("SANDPIPER_CLUSTER_PORT", Integer.toString(clusterPorts.get(index)));
        settings.put("SANDPIPER_CLUSTER_BUS_PORT", "0");
        settings.put(
                "SANDPIPER_CLUSTER_MEMBERS",
                clusterPorts.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(",")));
        // A page that is open anywhere may try it out; everything listens on the loopback only.
        settings.put("SANDPIPER_CORS_ORIGINS", "*");
        settings.put("SANDPIPER_KEY_ENVIRONMENT", "dev");
        return settings;
    }
}
