package dev.sandpiper.http;

import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.Principal;
import io.vertx.core.Handler;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Predicate;

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

    /** Ends what was asked for by those who lost their right to it. Connections are few beside what a look at each costs. */
    void cut(Predicate<Principal> lost, PlatformError reason) {
        connections.forEach(connection -> connection.cut(lost, reason));
    }

    void goAway() {
        connections.forEach(ClientConnection::goAway);
    }
}
