package dev.sandpiper.sockets;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Old events on their way to one connection, put together: a client that comes back and has missed a hundred of them costs one
 * write, not a hundred. One for each event loop, because replay serves one connection at a time.
 */
final class Backlog {
    private static final int INITIAL = 4_096;
    private static final int FULL = 64 * 1_024;

    private @Nullable ChannelConnection owner;
    private @Nullable ByteBuf buffer;

    void add(ChannelConnection connection, byte[] bytes) {
        if (!connection.equals(owner)) {
            end();
        }
        ByteBuf open = buffer;
        if (open == null) {
            open = connection.context().alloc().directBuffer(Math.max(INITIAL, bytes.length));
            buffer = open;
            owner = connection;
        }
        open.writeBytes(bytes);
        if (open.readableBytes() >= FULL) {
            end();
        }
    }

    /** Writes what there is. Comes before anything else that a connection writes or flushes. */
    void end() {
        ChannelConnection connection = owner;
        ByteBuf full = buffer;
        if (connection != null && full != null) {
            owner = null;
            buffer = null;
            connection.writeBacklog(full);
        }
    }
}
