package dev.sandpiper.services;

import java.util.List;

/**
 * A server's place in a cluster of servers.
 *
 * @param name the same on every member
 * @param port on 127.0.0.1, on which this member listens for the others
 * @param routes the cluster ports of all members
 */
public record NatsCluster(String name, int port, List<Integer> routes) {
    public NatsCluster {
        routes = List.copyOf(routes);
    }
}
