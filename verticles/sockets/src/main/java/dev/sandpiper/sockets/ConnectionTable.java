package dev.sandpiper.sockets;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The connections of one event loop, dense in an array. A connection may leave while the table is walked. */
final class ConnectionTable {
    private @Nullable ClientConnection[] connections = new @Nullable ClientConnection[16];
    private int size;

    void add(ClientConnection connection) {
        if (size == connections.length) {
            connections = Arrays.copyOf(connections, size * 2);
        }
        connection.slot(size);
        connections[size++] = connection;
    }

    void remove(ClientConnection connection) {
        int slot = connection.slot();
        ClientConnection last = connections[--size];
        if (last != null) {
            connections[slot] = last;
            last.slot(slot);
        }
        connections[size] = null;
        connection.slot(-1);
    }

    int size() {
        return size;
    }

    /** From the last to the first, so that whoever takes the place of one that leaves was visited already. */
    void forEach(Consumer<ClientConnection> visitor) {
        for (int i = size - 1; i >= 0; i--) {
            ClientConnection connection = i < size ? connections[i] : null;
            if (connection != null) {
                visitor.accept(connection);
            }
        }
    }
}
