package dev.sandpiper.embed.sockets;

import dev.sandpiper.embed.TestNode;
import java.net.http.HttpRequest;

/** What a node says about itself, read where an operator reads it. */
final class Gauges {
    private Gauges() {}

    static int connections(TestNode node, String transport) {
        return value(node, "sandpiper_sockets_connections{", "transport=\"" + transport + "\"");
    }

    static int subscriptions(TestNode node) {
        return value(node, "sandpiper_sockets_subscriptions", "");
    }

    static int slowCloses(TestNode node, String transport) {
        return value(node, "sandpiper_sockets_slow_closes_total{", "transport=\"" + transport + "\"");
    }

    static int value(TestNode node, String name, String label) {
        String page = RestClient.send(HttpRequest.newBuilder(node.management().resolve("/metrics"))
                        .build())
                .body();
        for (String line : page.split("\n", -1)) {
            if (line.startsWith(name) && line.contains(label)) {
                return (int) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
            }
        }
        return 0;
    }
}
