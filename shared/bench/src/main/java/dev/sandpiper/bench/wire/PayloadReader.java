package dev.sandpiper.bench.wire;

import io.netty.buffer.ByteBuf;

/** Finds {@link Payload payloads} in frames without decoding them. One for each event loop: it remembers where it is. */
public final class PayloadReader {
    private int at;
    private int end;

    /** Hears each payload of a frame. */
    @FunctionalInterface
    public interface Sink {
        void event(long due, int series, int number);
    }

    /** @return how many there were */
    public int read(ByteBuf bytes, int from, int length, Sink sink) {
        at = from;
        end = from + length;
        int count = 0;
        while (true) {
            at = bytes.indexOf(at, end, Payload.MARK);
            if (at < 0) {
                return count;
            }
            long due = number(bytes);
            long series = number(bytes);
            long number = number(bytes);
            if (number >= 0) {
                sink.event(due, (int) series, (int) number);
                count++;
            }
        }
    }

    /** The next digits, -1 when the frame ends before. */
    private long number(ByteBuf bytes) {
        while (at < end && !isDigit(bytes.getByte(at))) {
            at++;
        }
        if (at >= end) {
            return -1;
        }
        long value = 0;
        for (byte digit = bytes.getByte(at); isDigit(digit); digit = bytes.getByte(at)) {
            value = value * 10 + (digit - '0');
            if (++at >= end) {
                break;
            }
        }
        return value;
    }

    private static boolean isDigit(byte character) {
        return character >= '0' && character <= '9';
    }
}
