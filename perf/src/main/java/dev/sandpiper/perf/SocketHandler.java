package dev.sandpiper.perf;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The smallest WebSocket client that can tell what it received: upgrades, subscribes, then finds the send time in each
 * message. Small on purpose: what it costs is not the server's, but shares its processors.
 */
final class SocketHandler extends ChannelInboundHandlerAdapter {
    private static final byte[] HEAD_END = {'\r', '\n', '\r', '\n'};
    private static final byte[] SUBSCRIBED = "{\"type\":\"subscribed\"".getBytes(StandardCharsets.US_ASCII);

    private final InetSocketAddress address;
    private final String key;
    private final String channel;
    private final Runnable onSubscribed;
    private final Deliveries deliveries;
    private @Nullable ByteBuf unread;
    private boolean upgraded;
    private boolean subscribed;
    private long last = -1;

    SocketHandler(InetSocketAddress address, String key, String channel, Runnable onSubscribed, Deliveries deliveries) {
        this.address = address;
        this.key = key;
        this.channel = channel;
        this.onSubscribed = onSubscribed;
        this.deliveries = deliveries;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        String request = "GET /v1/ws HTTP/1.1\r\nHost: " + address.getHostString() + ":" + address.getPort()
                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer " + key + "\r\n\r\n";
        context.writeAndFlush(Unpooled.copiedBuffer(request, StandardCharsets.US_ASCII));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (unread != null) {
            bytes = context.alloc()
                    .buffer(unread.readableBytes() + bytes.readableBytes())
                    .writeBytes(unread)
                    .writeBytes(bytes);
            unread.release();
            ((ByteBuf) message).release();
            unread = null;
        }
        if (!upgraded) {
            upgraded = readHead(context, bytes);
        }
        boolean more = upgraded;
        while (more) {
            more = readFrame(context, bytes);
        }
        if (bytes.isReadable()) {
            unread = bytes;
        } else {
            bytes.release();
        }
    }

    private boolean readHead(ChannelHandlerContext context, ByteBuf bytes) {
        int end = indexOf(bytes, HEAD_END);
        if (end < 0) {
            return false;
        }
        if (bytes.getByte(bytes.readerIndex() + 9) != '1') {
            deliveries.failed(bytes.toString(StandardCharsets.US_ASCII));
            context.close();
        }
        bytes.readerIndex(end + HEAD_END.length);
        context.writeAndFlush(frame("{\"type\":\"subscribe\",\"id\":\"1\",\"channel\":\"" + channel + "\"}"));
        return true;
    }

    private boolean readFrame(ChannelHandlerContext context, ByteBuf bytes) {
        if (bytes.readableBytes() < 2) {
            return false;
        }
        int start = bytes.readerIndex();
        int opcode = bytes.getByte(start) & 0xf;
        int length = bytes.getByte(start + 1) & 0x7f;
        int header = 2;
        if (length == 126) {
            if (bytes.readableBytes() < 4) {
                return false;
            }
            length = bytes.getUnsignedShort(start + 2);
            header = 4;
        }
        if (bytes.readableBytes() < header + length) {
            return false;
        }
        int body = start + header;
        switch (opcode) {
            case 1 -> message(bytes, body, length);
            case 8 ->
                deliveries.failed(
                        "closed: " + bytes.toString(body + 2, Math.max(0, length - 2), StandardCharsets.UTF_8));
            case 9 -> context.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {(byte) 0x8a, (byte) 0x80, 0, 0, 0, 0}));
            default -> {}
        }
        bytes.readerIndex(body + length);
        return true;
    }

    private void message(ByteBuf bytes, int from, int length) {
        if (!subscribed) {
            if (startsWith(bytes, from, length, SUBSCRIBED)) {
                subscribed = true;
                onSubscribed.run();
            }
            return;
        }
        long number = Deliveries.number(bytes, from, length, Deliveries.COUNT);
        long sent = Deliveries.number(bytes, from, length, Deliveries.SENT);
        deliveries.received(sent, last < 0 || number == last + 1);
        last = number;
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (unread != null) {
            unread.release();
            unread = null;
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        deliveries.failed(cause.toString());
        context.close();
    }

    /** A masked text frame of less than 126 bytes; a mask of zeros saves masking. */
    private static ByteBuf frame(String text) {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        if (body.length > 125) {
            throw new IllegalArgumentException("too long for a short frame: " + text);
        }
        return Unpooled.buffer(body.length + 6)
                .writeByte(0x81)
                .writeByte(0x80 | body.length)
                .writeInt(0)
                .writeBytes(body);
    }

    private static boolean startsWith(ByteBuf bytes, int from, int length, byte[] prefix) {
        for (int i = 0; i < prefix.length; i++) {
            if (i >= length || bytes.getByte(from + i) != prefix[i]) {
                return false;
            }
        }
        return true;
    }

    private static int indexOf(ByteBuf bytes, byte[] needle) {
        for (int i = bytes.readerIndex(); i <= bytes.writerIndex() - needle.length; i++) {
            if (startsWith(bytes, i, needle.length, needle)) {
                return i;
            }
        }
        return -1;
    }
}
