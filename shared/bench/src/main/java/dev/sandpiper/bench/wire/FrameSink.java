package dev.sandpiper.bench.wire;

import io.netty.buffer.ByteBuf;

/** Hears what a connection's bytes contain. The buffer is only valid during the call. */
public interface FrameSink {
    /** The server took the request; a refusal of it is a {@link #closed}. */
    void opened();

    void frame(ByteBuf bytes, int from, int length);

    void ping();

    /** @param why a sentence without an end */
    void closed(String why);
}
