package dev.sandpiper.sockets;

import dev.sandpiper.domain.StoredEvent;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * The event that is being fanned out on one event loop, as a direct buffer that all of its sockets write from: copied out
 * of the heap once per event, not once per socket.
 */
final class SharedFrame {
    private @Nullable StoredEvent event;
    private @Nullable ByteBuf buffer;

    /** The bytes of {@code current}; the caller owns one reference. */
    ByteBuf retained(StoredEvent current, byte[] bytes, ByteBufAllocator allocator) {
        ByteBuf shared = buffer;
        if (current != event || shared == null) {
            release();
            shared = allocator.directBuffer(bytes.length, bytes.length).writeBytes(bytes);
            buffer = shared;
            event = current;
        }
        return shared.retainedDuplicate();
    }

    /** Lets go of the last event, so that a quiet loop holds none. */
    void release() {
        if (buffer != null) {
            buffer.release();
            buffer = null;
        }
        event = null;
    }
}
