package dev.sandpiper.http;

import dev.sandpiper.domain.KeyId;
import io.vertx.core.Handler;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Looks at every connection of an event loop once in a while and closes those that take too long: to finish a body, to send
 * the next request, or to read.
 */
final class ConnectionSweep implements Handler<Long> {
    private final Front front;
    private final Set<ClientConnection> connections = new LinkedHashSet<>();

    ConnectionSweep(Front front) {
        this.front = front;
    }

    void add(ClientConnection connection) {
        connections.add(connection);
    }

    @Override
    public void handle(Long timer) {
        long now = System.nanoTime();
        front.memory.sweep(now);
        connections.removeIf(ClientConnection::isGone);
        for (ClientConnection connection : connections) {
            connection.sweep(now);
        }
    }

    /** Connections that speak HTTP: WebSockets have left. */
    int count() {
        return connections.size();
    }

    /** Ends what was asked for with a key and is not answered yet. Connections are few beside what a look at each costs. */
    void cut(KeyId key) {
        connections.forEach(connection -> connection.cut(key));
    }

    void goAway() {
        connections.forEach(ClientConnection::goAway);
    }
}
