package dev.sandpiper.bench.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;

/** RFC 6455 from a client's side: unfragmented frames in, masked frames out. */
public final class WebSocketFrames {
    private static final int CONTINUATION = 0;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;

    /** A mask of zeros is a mask, and saves masking. */
    private static final int MASK = 0;

    private WebSocketFrames() {}

    /** The request, without {@code Host} and the blank line. */
    static String upgrade(String path) {
        return "GET " + path + " HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    }

    /** Takes every frame that is there completely, and leaves the rest. */
    public static void read(ByteBuf bytes, FrameSink sink) {
        while (bytes.readableBytes() >= 2) {
            int start = bytes.readerIndex();
            int first = bytes.getByte(start);
            long length = bytes.getByte(start + 1) & 0x7f;
            int header = 2;
            if (length == 126) {
                if (bytes.readableBytes() < 4) {
                    return;
                }
                length = bytes.getUnsignedShort(start + 2);
                header = 4;
            } else if (length == 127) {
                if (bytes.readableBytes() < 10) {
                    return;
                }
                length = bytes.getLong(start + 2);
                header = 10;
            }
            if (bytes.readableBytes() < header + length) {
                return;
            }
            bytes.readerIndex(start + header + (int) length);
            frame(bytes, first, start + header, (int) length, sink);
        }
    }

    private static void frame(ByteBuf bytes, int first, int body, int length, FrameSink sink) {
        boolean fragment = (first & 0x80) == 0;
        switch (first & 0xf) {
            case TEXT, BINARY -> {
                if (fragment) {
                    sink.closed("the server sent a fragmented message, which this client does not read");
                } else {
                    sink.frame(bytes, body, length);
                }
            }
            case CONTINUATION -> sink.closed("the server sent a fragmented message, which this client does not read");
            case PING -> sink.ping();
            case CLOSE -> {
                String code = length < 2 ? "no code" : Integer.toString(bytes.getUnsignedShort(body));
                String reason = bytes.toString(body + 2, Math.max(0, length - 2), StandardCharsets.UTF_8);
                sink.closed("the server closed a connection: " + code + " " + Texts.shortened(reason));
            }
            default -> {}
        }
    }

    public static ByteBuf text(ByteBufAllocator allocator, String text) {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        ByteBuf frame = allocator.buffer(body.length + 14).writeByte(0x80 | TEXT);
        if (body.length < 126) {
            frame.writeByte(0x80 | body.length);
        } else if (body.length < 1 << 16) {
            frame.writeByte(0x80 | 126).writeShort(body.length);
        } else {
            frame.writeByte(0x80 | 127).writeLong(body.length);
        }
        return frame.writeInt(MASK).writeBytes(body);
    }

    /** Without the ping's payload, which no server here sends. */
    public static ByteBuf pong(ByteBufAllocator allocator) {
        return allocator.buffer(6).writeByte(0x8a).writeByte(0x80).writeInt(MASK);
    }
}
