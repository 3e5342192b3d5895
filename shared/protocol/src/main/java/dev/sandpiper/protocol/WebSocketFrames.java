package dev.sandpiper.protocol;

import java.nio.charset.StandardCharsets;

/** Whole, unmasked WebSocket frames (RFC 6455, section 5.2), as a server sends them. */
public final class WebSocketFrames {
    /** The longest header that a server's frame can have. */
    static final int MAX_HEADER = 10;

    /** Bytes of text that fit into a close frame beside the code. */
    public static final int MAX_CLOSE_REASON = 123;

    private static final int FINAL = 0x80;
    private static final int MAX_CONTROL = 125;

    private WebSocketFrames() {}

    public static byte[] text(byte[] utf8) {
        return frame(FINAL | 1, utf8);
    }

    public static byte[] binary(byte[] payload) {
        return frame(FINAL | 2, payload);
    }

    /** @param payload at most 125 bytes */
    public static byte[] ping(byte[] payload) {
        return frame(FINAL | 9, requireControl(payload));
    }

    /** @param payload at most 125 bytes */
    public static byte[] pong(byte[] payload) {
        return frame(FINAL | 10, requireControl(payload));
    }

    /** @param reason cut to fit when it has more than {@value #MAX_CLOSE_REASON} bytes */
    public static byte[] close(int code, String reason) {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(text.length, MAX_CLOSE_REASON);
        while (length < text.length && (text[length] & 0xc0) == 0x80) {
            length--;
        }
        byte[] payload = new byte[2 + length];
        payload[0] = (byte) (code >> 8);
        payload[1] = (byte) code;
        System.arraycopy(text, 0, payload, 2, length);
        return frame(FINAL | 8, payload);
    }

    /** A close frame without a code, the answer to one. */
    public static byte[] close() {
        return frame(FINAL | 8, new byte[0]);
    }

    static int headerLength(int payload) {
        if (payload <= MAX_CONTROL) {
            return 2;
        }
        return payload <= 0xffff ? 4 : MAX_HEADER;
    }

    /** Writes the header so that it ends before {@code end}. */
    static void header(byte[] bytes, int end, boolean text, int payload) {
        header(bytes, end - headerLength(payload), FINAL | (text ? 1 : 2), payload);
    }

    private static void header(byte[] bytes, int at, int first, int payload) {
        bytes[at] = (byte) first;
        switch (headerLength(payload)) {
            case 2 -> bytes[at + 1] = (byte) payload;
            case 4 -> {
                bytes[at + 1] = 126;
                bytes[at + 2] = (byte) (payload >> 8);
                bytes[at + 3] = (byte) payload;
            }
            default -> {
                bytes[at + 1] = 127;
                for (int i = 0; i < Long.BYTES; i++) {
                    bytes[at + 2 + i] = (byte) ((long) payload >> (8 * (7 - i)));
                }
            }
        }
    }

    private static byte[] frame(int first, byte[] payload) {
        int header = headerLength(payload.length);
        byte[] frame = new byte[header + payload.length];
        header(frame, 0, first, payload.length);
        System.arraycopy(payload, 0, frame, header, payload.length);
        return frame;
    }

    private static byte[] requireControl(byte[] payload) {
        if (payload.length > MAX_CONTROL) {
            throw new IllegalArgumentException("a control frame carries at most " + MAX_CONTROL + " bytes");
        }
        return payload;
    }
}
