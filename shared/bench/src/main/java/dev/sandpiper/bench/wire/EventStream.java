package dev.sandpiper.bench.wire;

import io.netty.buffer.ByteBuf;

/** Server-sent events: frames between blank lines. */
public final class EventStream {
    private EventStream() {}

    /** Takes every event that is there completely, and leaves the rest. */
    public static void read(ByteBuf bytes, FrameSink sink) {
        int from = bytes.readerIndex();
        while (true) {
            int at = bytes.indexOf(from, bytes.writerIndex(), (byte) '\n');
            if (at < 0 || at + 1 >= bytes.writerIndex()) {
                return;
            }
            if (bytes.getByte(at + 1) == '\n') {
                int start = bytes.readerIndex();
                bytes.readerIndex(at + 2);
                from = at + 2;
                sink.frame(bytes, start, at - start);
            } else {
                from = at + 1;
            }
        }
    }
}
