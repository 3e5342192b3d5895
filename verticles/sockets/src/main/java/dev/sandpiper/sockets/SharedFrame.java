package dev.sandpiper.sockets;

import dev.sandpiper.domain.StoredEvent;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * The event that is being fanned out on one event loop, as a direct buffer that all of its sockets write from: copied out
 * of the heap once per event, not once per socket.
 */
final class SharedFrame {
    /**
     * Of all allocators only this one reuses the objects by which each socket keeps its own place in the shared bytes. Small chunks: only
     * the events of the moment are in it.
     */
    static final ByteBufAllocator POOL = new PooledByteBufAllocator(true, 0, 1, 8_192, 3, 64, 16, false);

    private final ByteBufAllocator allocator;
    private @Nullable StoredEvent event;
    private @Nullable ByteBuf buffer;

    SharedFrame(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /** The bytes of {@code current}; the caller owns one reference. */
    ByteBuf retained(StoredEvent current, byte[] bytes) {
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
