package dev.sandpiper.perf.servers;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Some nodes of an installation. Closing it leaves them running. */
public record SandpiperTarget(List<DevServer.Node> nodes, String key) implements Target {
    @Override
    public String name() {
        return "Sandpiper";
    }

    @Override
    public List<String> options(Transport transport) {
        List<String> options = new ArrayList<>();
        for (DevServer.Node node : nodes) {
            options.add("--url=" + node.url());
            options.add("--pid=" + node.pid());
        }
        options.add("--protocol=" + protocol(transport));
        return options;
    }

    @Override
    public Map<String, String> environment() {
        return Map.of("SANDPIPER_KEY", key);
    }

    static String protocol(Transport transport) {
        return switch (transport) {
            case WEBSOCKET -> "sandpiper-websocket";
            case SSE -> "sandpiper-sse";
        };
    }

    @Override
    public void close() {
        // The nodes belong to the installation.
    }
}
