package dev.sandpiper.sockets;

import dev.sandpiper.domain.StoredEvent;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose Netty channel is ours alone. What goes out on it has its final form already, so that its pipeline needs no
 * encoder; how much of that may wait for the client is bounded. Everything happens on its event loop.
 */
abstract class ChannelConnection implements ClientConnection {
    final SocketLoop loop;
    private final long number;
    private @Nullable ChannelHandlerContext context;

    /** Bytes that waited when old events were last replayed; live ones may come on top. */
    private long replayed;

    private int slot = -1;
    private boolean unflushed;
    private boolean flushDelayed;

    ChannelConnection(SocketLoop loop, long number) {
        this.loop = loop;
        this.number = number;
    }

    /** Nothing waits that cannot leave, or something does. */
    abstract void pauseReplay(boolean paused);

    /** The client does not keep up: more would have to wait for it than may. */
    abstract void tooSlow();

    final void attach(ChannelHandlerContext handler) {
        context = handler;
    }

    final void writable(boolean writable) {
        if (writable) {
            replayed = 0;
        }
        pauseReplay(!writable);
    }

    /**
     * Writes an event; false when its client does not keep up.
     *
     * @param bytes its final form for this transport
     * @param replay whether it is an old one: how many of those come is up to us, so they are no reason to close
     */
    final boolean deliver(StoredEvent event, byte[] bytes, boolean replay) {
        if (replay) {
            loop.backlog().add(this, bytes);
        } else {
            loop.backlog().end();
            if (!hasRoom(bytes.length)) {
                return false;
            }
            ChannelHandlerContext ctx = context();
            ctx.write(loop.sharedFrame(transport()).retained(event, bytes), ctx.voidPromise());
        }
        unflushed = true;
        loop.delivered(transport(), bytes.length);
        return true;
    }

    final void writeBacklog(ByteBuf bytes) {
        context().write(bytes, context().voidPromise());
        replayed = pending();
    }

    /** Writes bytes that are in their final form; they leave with the next {@link #flush}. */
    final void writeBytes(byte[] bytes) {
        loop.backlog().end();
        if (hasRoom(bytes.length)) {
            unflushed = true;
            context().write(Unpooled.wrappedBuffer(bytes), context().voidPromise());
        }
    }

    final void flush() {
        flushDelayed = false;
        if (unflushed) {
            unflushed = false;
            loop.backlog().end();
            loop.flushed(transport());
            context().flush();
        }
    }

    /** Flushes live events: now or, when writes are delayed, together with later ones. */
    final void flushLive() {
        if (!loop.delaysWrites()) {
            flush();
        } else if (unflushed && !flushDelayed) {
            flushDelayed = true;
            loop.flushDelayed(this);
        }
    }

    final boolean isUnflushed() {
        return unflushed;
    }

    private boolean hasRoom(int more) {
        long pending = pending();
        if (pending == 0 || pending + more <= replayed + loop.config().maxPendingBytes()) {
            return true;
        }
        loop.metrics().slowClose(transport());
        tooSlow();
        return false;
    }

    @Override
    public final long pendingBytes() {
        return context == null ? 0 : pending();
    }

    private long pending() {
        ChannelOutboundBuffer buffer = context().channel().unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes();
    }

    final ChannelHandlerContext context() {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            throw new IllegalStateException("not in a pipeline yet");
        }
        return ctx;
    }

    /** As the client knows this connection, and the log. */
    final String id() {
        return loop.connections().id(number);
    }

    @Override
    public final long number() {
        return number;
    }

    @Override
    public final int slot() {
        return slot;
    }

    @Override
    public final void slot(int newSlot) {
        slot = newSlot;
    }
}
