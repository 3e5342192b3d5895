package dev.sandpiper.bench.load;

import dev.sandpiper.bench.wire.Chunks;
import dev.sandpiper.bench.wire.HttpHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 keep-alive connection. Requests are sent without waiting for the answers before, which come in the same order. Its
 * handler is added to one channel after another when a server closes idle connections.
 * Used on its event loop only.
 */
final class HttpLine extends ChannelInboundHandlerAdapter {
    /** Hears answers and the connection's fate, on the event loop. */
    interface Owner {
        void ready(HttpLine line);

        /** The server closed it while it had nothing to do; to be connected again. */
        void idle(HttpLine line);

        void answered(HttpLine line, Request request, int status, String body);

        void broken(String why);
    }

    /**
     * @param due in the time of {@link System#nanoTime}
     * @param events in it
     */
    record Request(int series, long due, int events) {}

    private final Owner owner;
    private final int number;
    private final String host;
    private final Deque<Request> unanswered = new ArrayDeque<>();
    /** What was written while there was no connection. */
    private final Deque<ByteBuf> waiting = new ArrayDeque<>();

    private @Nullable ChannelHandlerContext context;
    private @Nullable ByteBuf unread;
    private @Nullable HttpHead head;
    private @Nullable ByteBuf content;
    private long chunk = Chunks.SIZE;
    private boolean dirty;
    private boolean over;

    HttpLine(Owner owner, int number, InetSocketAddress server) {
        this.owner = owner;
        this.number = number;
        this.host = "Host: " + server.getHostString() + ":" + server.getPort() + "\r\n";
    }

    int number() {
        return number;
    }

    /** Whether a request was written since the last {@link #flush}. */
    boolean isDirty() {
        return dirty;
    }

    /** @param start path and headers without {@code Host}, {@code Content-Length} and the blank line; ASCII, as is the body */
    void write(Request request, String start, String body) {
        unanswered.add(request);
        dirty = true;
        ByteBuf bytes = PooledByteBufAllocator.DEFAULT.buffer(start.length() + host.length() + body.length() + 40);
        ByteBufUtil.writeAscii(bytes, start);
        ByteBufUtil.writeAscii(bytes, host);
        ByteBufUtil.writeAscii(bytes, "Content-Length: ");
        ByteBufUtil.writeAscii(bytes, Integer.toString(body.length()));
        ByteBufUtil.writeAscii(bytes, "\r\n\r\n");
        ByteBufUtil.writeAscii(bytes, body);
        if (context == null) {
            waiting.add(bytes);
        } else {
            context.write(bytes, context.voidPromise());
        }
    }

    void flush() {
        dirty = false;
        if (context != null) {
            context.flush();
        }
    }

    @Override
    public boolean isSharable() {
        return true;
    }

    @Override
    public void channelActive(ChannelHandlerContext active) {
        context = active;
        for (ByteBuf bytes = waiting.poll(); bytes != null; bytes = waiting.poll()) {
            active.write(bytes, active.voidPromise());
        }
        active.flush();
        owner.ready(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext from, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (unread != null) {
            unread.writeBytes(bytes);
            bytes.release();
            bytes = unread;
        }
        unread = bytes;
        boolean more = !over;
        while (more) {
            more = readAnswer(from, bytes);
        }
        if (bytes.isReadable()) {
            bytes.discardReadBytes();
        } else {
            unread = null;
            bytes.release();
        }
    }

    /** Whether one was there completely. */
    private boolean readAnswer(ChannelHandlerContext from, ByteBuf bytes) {
        HttpHead answer = head == null ? HttpHead.read(bytes) : head;
        head = answer;
        if (answer == null) {
            return false;
        }
        if (answer.length() == HttpHead.UNKNOWN) {
            broken("the server answered HTTP " + answer.status() + " without a length");
            return false;
        }
        if (answer.length() != HttpHead.CHUNKED) {
            if (bytes.readableBytes() < answer.length()) {
                return false;
            }
            answered(
                    answer.status(),
                    bytes.readCharSequence((int) answer.length(), StandardCharsets.UTF_8)
                            .toString());
            return true;
        }
        ByteBuf text = content == null ? from.alloc().buffer() : content;
        content = text;
        chunk = Chunks.read(bytes, chunk, text);
        // After the last chunk comes an empty line, as there are no trailers.
        if (chunk != Chunks.END || bytes.readableBytes() < 2) {
            return false;
        }
        bytes.skipBytes(2);
        chunk = Chunks.SIZE;
        content = null;
        String body = text.toString(StandardCharsets.UTF_8);
        text.release();
        answered(answer.status(), body);
        return true;
    }

    private void answered(int status, String body) {
        head = null;
        Request request = unanswered.poll();
        if (request == null) {
            broken("the server answered what was not asked");
            return;
        }
        owner.answered(this, request, status, body);
    }

    @Override
    public void channelInactive(ChannelHandlerContext from) {
        context = null;
        if (unanswered.isEmpty() && !over) {
            owner.idle(this);
        } else {
            broken("the server closed a publishing connection, " + unanswered.size() + " requests unanswered");
        }
        if (unread != null) {
            unread.release();
            unread = null;
        }
        if (content != null) {
            content.release();
            content = null;
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
        broken("a publishing connection failed: " + cause.getMessage());
        from.close();
    }

    private void broken(String why) {
        if (!over) {
            over = true;
            owner.broken(why);
        }
    }
}
