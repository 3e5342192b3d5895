package dev.sandpiper.protocol;

import java.nio.charset.StandardCharsets;

/**
 * Frames parts of an HTTP/1.1 body whose length is not known beforehand.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-7.1">RFC 9112, chunked transfer coding</a>
 */
public final class HttpChunks {
    private static final byte[] LAST = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private HttpChunks() {}

    /** @param part not empty, or it would end the body */
    public static byte[] of(byte[] part) {
        if (part.length == 0) {
            throw new IllegalArgumentException("an empty chunk is the last");
        }
        byte[] size = (Integer.toHexString(part.length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        byte[] chunk = new byte[size.length + part.length + 2];
        System.arraycopy(size, 0, chunk, 0, size.length);
        System.arraycopy(part, 0, chunk, size.length, part.length);
        chunk[chunk.length - 2] = '\r';
        chunk[chunk.length - 1] = '\n';
        return chunk;
    }

    /** Ends the body. Shared: do not modify. */
    public static byte[] last() {
        return LAST;
    }
}
