package dev.sandpiper.bench.wire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The head of an HTTP/1.1 answer.
 *
 * @param length of the body; {@link #CHUNKED}, or {@link #UNKNOWN} when it goes on until the connection is closed
 */
public record HttpHead(int status, long length) {
    public static final long CHUNKED = -1;
    public static final long UNKNOWN = -2;

    /** Takes a head from the buffer; null, and nothing taken, when it is not there completely. */
    public static @Nullable HttpHead read(ByteBuf bytes) {
        int end = end(bytes);
        if (end < 0) {
            return null;
        }
        int start = bytes.readerIndex();
        String text = bytes.toString(start, end - start, StandardCharsets.ISO_8859_1);
        bytes.readerIndex(end);
        int status = text.length() > 12 && text.startsWith("HTTP/1.") ? number(text, 9) : 0;
        String lower = text.toLowerCase(Locale.ROOT);
        int at = lower.indexOf("\r\ncontent-length:");
        if (at >= 0) {
            return new HttpHead(status, number(lower, at + 17));
        }
        if (status == 101 || status == 204) {
            return new HttpHead(status, 0);
        }
        return new HttpHead(status, lower.contains("\r\ntransfer-encoding: chunked") ? CHUNKED : UNKNOWN);
    }

    private static int number(String text, int from) {
        int at = from;
        while (text.charAt(at) == ' ') {
            at++;
        }
        int value = 0;
        for (; at < text.length() && Character.isDigit(text.charAt(at)); at++) {
            value = value * 10 + (text.charAt(at) - '0');
        }
        return value;
    }

    /** The index after the blank line, -1 when there is none. */
    private static int end(ByteBuf bytes) {
        int limit = bytes.writerIndex();
        int from = bytes.readerIndex();
        while (true) {
            int at = bytes.indexOf(from, limit, (byte) '\r');
            if (at < 0 || at + 4 > limit) {
                return -1;
            }
            if (bytes.getByte(at + 1) == '\n' && bytes.getByte(at + 2) == '\r' && bytes.getByte(at + 3) == '\n') {
                return at + 4;
            }
            from = at + 1;
        }
    }
}
