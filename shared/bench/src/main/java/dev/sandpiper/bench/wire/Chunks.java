package dev.sandpiper.bench.wire;

import io.netty.buffer.ByteBuf;

/** The chunked transfer coding. What is left of a chunk, between two reads, is one number. */
public final class Chunks {
    /** Before the size of a chunk. */
    public static final long SIZE = -1;

    /** After the last one. */
    public static final long END = -2;

    private Chunks() {}

    /**
     * Moves as much content as there is.
     *
     * @param left what the last call returned, at first {@link #SIZE}: the bytes that the current chunk still has, and the two
     *     after them
     * @return the same for the next call
     */
    public static long read(ByteBuf from, long left, ByteBuf to) {
        long rest = left;
        while (from.isReadable() && rest != END) {
            if (rest == SIZE) {
                int end = from.indexOf(from.readerIndex(), from.writerIndex(), (byte) '\n');
                if (end < 0) {
                    return SIZE;
                }
                int size = size(from);
                from.readerIndex(end + 1);
                rest = size == 0 ? END : size + 2L;
            } else {
                int content = (int) Math.min(from.readableBytes(), Math.max(0, rest - 2));
                to.writeBytes(from, content);
                rest -= content;
                if (rest <= 2) {
                    int crlf = (int) Math.min(from.readableBytes(), rest);
                    from.skipBytes(crlf);
                    rest -= crlf;
                    if (rest == 0) {
                        rest = SIZE;
                    }
                }
            }
        }
        return rest;
    }

    private static int size(ByteBuf bytes) {
        int value = 0;
        for (int at = bytes.readerIndex(); at < bytes.writerIndex(); at++) {
            int digit = Character.digit(bytes.getByte(at), 16);
            if (digit < 0) {
                return value;
            }
            value = value * 16 + digit;
        }
        return value;
    }
}
