package dev.sandpiper.bench.load;

import dev.sandpiper.bench.wire.Chunks;
import dev.sandpiper.bench.wire.Control;
import dev.sandpiper.bench.wire.EventStream;
import dev.sandpiper.bench.wire.FrameSink;
import dev.sandpiper.bench.wire.HttpHead;
import dev.sandpiper.bench.wire.PayloadReader;
import dev.sandpiper.bench.wire.Protocol.Framing;
import dev.sandpiper.bench.wire.WebSocketFrames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One connection that subscribes and checks what it receives. The only handler of its pipeline, and small: while nothing comes, it
 * holds no buffer.
 */
final class Subscriber extends ChannelInboundHandlerAdapter implements FrameSink, PayloadReader.Sink {
    private final Share share;
    private final Seen seen;
    private final long due;
    private @Nullable Opening opening;
    private @Nullable ByteBuf unread;
    /** Of a chunked stream: what is left of its current chunk, and the content that is not a whole event yet. */
    private long chunk = Chunks.SIZE;

    private @Nullable ByteBuf content;
    private int awaited;
    private boolean opened;
    private boolean chunked;
    private boolean over;

    /** What is needed until the subscriptions stand. */
    record Opening(
            InetSocketAddress to,
            List<String> topics,
            @Nullable String cursor) {}

    /** @param due when the connection was to be made, in the time of {@link System#nanoTime} */
    Subscriber(Share share, Opening opening, int[] series, int first, long due) {
        this.share = share;
        this.opening = opening;
        this.awaited = opening.topics().size();
        this.seen = new Seen(series, first);
        this.due = due;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        Opening what = Objects.requireNonNull(opening);
        String request = share.protocol.opening(what.topics(), what.cursor()) + "Host: "
                + what.to().getHostString() + ":" + what.to().getPort() + "\r\n\r\n";
        context.writeAndFlush(ByteBufUtil.writeUtf8(context.alloc(), request), context.voidPromise());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (unread != null) {
            unread.writeBytes(bytes);
            bytes.release();
            bytes = unread;
        }
        unread = bytes;
        share.current = context;
        if (!over && (opened || readHead(context, bytes))) {
            readFrames(context, bytes);
        }
        if (over || !bytes.isReadable()) {
            unread = null;
            bytes.release();
        } else {
            bytes.discardReadBytes();
        }
    }

    private boolean readHead(ChannelHandlerContext context, ByteBuf bytes) {
        HttpHead head = HttpHead.read(bytes);
        if (head == null) {
            return false;
        }
        boolean webSocket = share.protocol.framing() == Framing.WEBSOCKET;
        if (head.status() != (webSocket ? 101 : 200)) {
            closed("the server answered HTTP " + head.status() + " "
                    + bytes.toString(StandardCharsets.UTF_8).lines().findFirst().orElse(""));
            return false;
        }
        opened = true;
        chunked = head.length() == HttpHead.CHUNKED;
        opened();
        return true;
    }

    private void readFrames(ChannelHandlerContext context, ByteBuf bytes) {
        if (share.protocol.framing() == Framing.WEBSOCKET) {
            WebSocketFrames.read(bytes, this);
        } else if (!chunked) {
            EventStream.read(bytes, this);
        } else {
            ByteBuf text = content == null ? context.alloc().buffer(bytes.readableBytes()) : content;
            content = text;
            chunk = Chunks.read(bytes, chunk, text);
            EventStream.read(text, this);
            if (text.isReadable()) {
                text.discardReadBytes();
            } else {
                content = null;
                text.release();
            }
            if (chunk == Chunks.END) {
                closed("the server ended a stream");
            }
        }
    }

    @Override
    public void opened() {
        Opening what = Objects.requireNonNull(opening);
        ChannelHandlerContext context = context();
        for (String frame : share.protocol.subscribing(what.topics(), what.cursor())) {
            context.write(WebSocketFrames.text(context.alloc(), frame), context.voidPromise());
        }
        context.flush();
        if (share.protocol.subscribedByHead()) {
            confirmed(Control.ALL);
        }
    }

    @Override
    public void frame(ByteBuf bytes, int from, int length) {
        if (opening != null) {
            control(bytes.toString(from, length, StandardCharsets.UTF_8));
        }
        int events = share.payloads.read(bytes, from, length, this);
        if (events == 0 && opening == null) {
            control(bytes.toString(from, length, StandardCharsets.UTF_8));
        }
    }

    @Override
    public void event(long eventDue, int series, int number) {
        switch (seen.arrived(series, number)) {
            case IN_ORDER -> share.tally.received(eventDue, System.nanoTime());
            case LATE -> {
                share.tally.received(eventDue, System.nanoTime());
                share.tally.reordered();
            }
            case REPEATED -> share.tally.repeated();
            case STRAY -> share.tally.stray();
        }
    }

    private void control(String text) {
        Control control = share.protocol.control(text);
        if (control.refusal() != null) {
            closed(control.refusal());
            return;
        }
        if (control.answer() != null) {
            ChannelHandlerContext context = context();
            context.writeAndFlush(WebSocketFrames.text(context.alloc(), control.answer()), context.voidPromise());
        }
        if (control.subscribed() > 0 && opening != null) {
            confirmed(control.subscribed());
        }
    }

    private void confirmed(int count) {
        awaited = count >= awaited ? 0 : awaited - count;
        if (awaited == 0) {
            opening = null;
            share.tally.subscribed(System.nanoTime() - due);
            share.onSubscribed.run();
        }
    }

    @Override
    public void ping() {
        ChannelHandlerContext context = context();
        context.writeAndFlush(WebSocketFrames.pong(context.alloc()), context.voidPromise());
    }

    @Override
    public void closed(String why) {
        if (!over) {
            over = true;
            if (!share.ending.getAsBoolean()) {
                share.ledger.failed(why);
            }
            context().close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        share.current = context;
        closed("the server closed a connection without a word");
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
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        share.current = context;
        closed("a connection failed: " + cause.getMessage());
    }

    private ChannelHandlerContext context() {
        return Objects.requireNonNull(share.current);
    }
}
