package dev.sandpiper.sockets;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.KeyId;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.protocol.ClientFrame;
import dev.sandpiper.protocol.ClientFrames;
import dev.sandpiper.protocol.ErrorMapping;
import dev.sandpiper.protocol.ServerFrames;
import dev.sandpiper.protocol.WebSocketFrames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.internal.ContextInternal;
import java.io.IOException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One WebSocket: the last handler of its Netty pipeline. Messages are put together here and handed to the {@link
 * Conversation}; what goes out is whole frames, so there is no encoder. Everything happens on its event loop.
 */
final class WebSocketConnection extends ChannelInboundHandlerAdapter implements ClientConnection {
    private static final Logger LOG = LoggerFactory.getLogger(WebSocketConnection.class);
    private static final byte[] PING = WebSocketFrames.ping(new byte[0]);
    private static final int DEAF_TIMEOUT_MILLIS = 1_000;

    private static final byte OPEN = 0;
    private static final byte CLOSING = 1;
    private static final byte CLOSED = 2;

    private final SocketLoop loop;
    private final Conversation conversation;
    private final long number;
    private @Nullable ChannelHandlerContext context;
    private @Nullable Principal principal;
    private @Nullable WebSocketSubscription subscriptions;
    private @Nullable PartialMessage partial;
    /**
     * Frames that arrived while an earlier one has to be finished first. Bounded by what one read of the socket can bring,
     * because the socket is not read meanwhile.
     */
    private @Nullable ArrayDeque<ClientFrame> held;

    private int slot = -1;
    private int lastRead;
    private int lastPing;
    /** When patience ends: for an auth frame, or for the client's part of the close handshake. */
    private int deadline;

    /** Bytes that waited when old events were last replayed; live ones may come on top. */
    private long replayed;

    private int inFlight;
    private int badFrames;
    private short subscriptionCount;
    private byte state = OPEN;
    private boolean holding;
    private boolean saturated;
    private boolean unflushed;
    private boolean flushScheduled;

    WebSocketConnection(SocketLoop loop, Conversation conversation, long number, @Nullable Principal principal) {
        this.loop = loop;
        this.conversation = conversation;
        this.number = number;
        this.principal = principal;
    }

    // The channel.

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        lastRead = loop.now();
        lastPing = lastRead;
        loop.table().add(this);
        if (principal == null) {
            deadline = lastRead + (int) loop.config().authTimeout().toMillis();
        } else {
            conversation.greet(this, null);
            flush();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ContextInternal previous = loop.context().beginDispatch();
        try {
            if (message instanceof WebSocketFrame frame) {
                lastRead = loop.now();
                read(frame);
            }
        } finally {
            loop.context().endDispatch(previous);
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        boolean full = !ctx.channel().isWritable();
        if (!full) {
            replayed = 0;
        }
        for (WebSocketSubscription s = subscriptions; s != null; s = s.next) {
            s.pauseReplay(full);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        channelInactive();
    }

    void channelInactive() {
        if (state == CLOSED) {
            return;
        }
        state = CLOSED;
        letGo();
        loop.table().remove(this);
        loop.connections().closed(Transport.WEBSOCKET);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof CorruptedWebSocketFrameException violation) {
            if (violation.closeStatus().equals(WebSocketCloseStatus.MESSAGE_TOO_BIG)) {
                tooLarge();
            } else {
                String reason = violation.getMessage();
                close(violation.closeStatus().code(), reason == null ? "" : reason);
            }
            beDeaf(ctx);
            return;
        }
        if (!(cause instanceof IOException)) {
            LOG.atWarn()
                    .addKeyValue("connection", loop.connections().id(number))
                    .setCause(cause)
                    .log("A connection failed");
        }
        ctx.close();
    }

    /**
     * After a violation frames cannot be told apart any more. What still arrives is thrown away, not left unread: that would
     * reset the connection and take the close frame from the client.
     */
    private void beDeaf(ChannelHandlerContext ctx) {
        deadline = loop.now()
                + Math.min(
                        DEAF_TIMEOUT_MILLIS, (int) loop.config().closeTimeout().toMillis());
        ctx.pipeline().remove(WebSocketFrameDecoder.class);
        if (ctx.channel() instanceof DuplexChannel duplex && ctx.pipeline().get(SslHandler.class) == null) {
            ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> duplex.shutdownOutput());
        }
    }

    // Coming in.

    private void read(WebSocketFrame frame) {
        if (frame instanceof CloseWebSocketFrame close) {
            closedByClient(close);
        } else if (state == OPEN) {
            if (frame instanceof TextWebSocketFrame || frame instanceof BinaryWebSocketFrame) {
                begin(frame, frame instanceof TextWebSocketFrame);
            } else if (frame instanceof ContinuationWebSocketFrame) {
                goOn(frame);
            } else if (frame instanceof PingWebSocketFrame) {
                write(WebSocketFrames.pong(ByteBufUtil.getBytes(frame.content())));
            }
        }
    }

    private void begin(WebSocketFrame frame, boolean text) {
        ByteBuf content = frame.content();
        int length = content.readableBytes();
        if (frame.isFinalFragment()) {
            content.readBytes(loop.scratch(), 0, length);
            message(loop.scratch(), length, text);
        } else {
            partial = new PartialMessage(text);
            append(partial, content);
        }
    }

    private void goOn(WebSocketFrame frame) {
        PartialMessage message = partial;
        if (message == null || !append(message, frame.content())) {
            return;
        }
        if (frame.isFinalFragment()) {
            partial = null;
            message(message.bytes(), message.length(), message.isText());
        }
    }

    private boolean append(PartialMessage message, ByteBuf content) {
        if (message.append(content, loop.config().maxMessageBytes())) {
            return true;
        }
        partial = null;
        tooLarge();
        return false;
    }

    private void message(byte[] bytes, int length, boolean text) {
        ClientFrame frame =
                text ? ClientFrames.parseText(bytes, 0, length) : ClientFrames.parseBinary(bytes, 0, length);
        if (text && frame instanceof ClientFrame.Malformed m && m.error() instanceof PlatformError.InvalidUtf8) {
            loop.metrics().error(m.error());
            close(WebSocketCloseStatus.INVALID_PAYLOAD_DATA.code(), m.error().message());
            return;
        }
        loop.metrics().frame(frame.type());
        if (holding || held != null) {
            if (held == null) {
                held = new ArrayDeque<>(4);
            }
            held.addLast(frame);
        } else {
            conversation.handle(this, frame);
        }
    }

    private void tooLarge() {
        if (state == OPEN) {
            var error = new PlatformError.PayloadTooLarge(loop.config().maxMessageBytes());
            fail(null, error);
            close(WebSocketCloseStatus.MESSAGE_TOO_BIG.code(), error.message());
        }
    }

    private void closedByClient(CloseWebSocketFrame frame) {
        ChannelHandlerContext ctx = context();
        if (state == OPEN) {
            letGo();
            state = CLOSING;
            deadline = loop.now() + (int) loop.config().closeTimeout().toMillis();
            int code = frame.statusCode();
            byte[] answer = code < 0 ? WebSocketFrames.close() : WebSocketFrames.close(code, "");
            ctx.writeAndFlush(Unpooled.wrappedBuffer(answer)).addListener(ChannelFutureListener.CLOSE);
        } else {
            ctx.close();
        }
    }

    // Waiting: frames that were read but must not be handled yet.

    /** Handles no further frame, and reads none, until {@link #goAhead}. */
    void hold() {
        holding = true;
        context().channel().config().setAutoRead(false);
    }

    void goAhead() {
        holding = false;
        while (!holding && held != null && state == OPEN) {
            ClientFrame frame = held.pollFirst();
            if (frame == null) {
                held = null;
            } else {
                conversation.handle(this, frame);
            }
        }
        if (!holding) {
            context().channel().config().setAutoRead(true);
        }
    }

    void publishBegins() {
        if (++inFlight >= loop.config().maxInFlightPublishes()) {
            saturated = true;
            hold();
        }
    }

    void publishEnds() {
        inFlight--;
        if (saturated && inFlight <= loop.config().maxInFlightPublishes() / 2) {
            saturated = false;
            goAhead();
        }
    }

    // Going out.

    /** Writes a JSON frame; it leaves with the next {@link #flush}. */
    void send(byte[] json) {
        write(WebSocketFrames.text(json));
    }

    /** Likewise, and sees to the flush, once for all that is sent in the current turn of the event loop. */
    void sendSoon(byte[] json) {
        send(json);
        if (unflushed && !flushScheduled) {
            flushScheduled = true;
            loop.flushSoon(this);
        }
    }

    void fail(@Nullable String id, PlatformError error) {
        loop.metrics().error(error);
        sendSoon(ServerFrames.error(id, error));
    }

    /**
     * Writes an event; false when the connection is closing, or is now because its client does not keep up.
     *
     * @param replay whether it is an old one: how many of those come is up to us, so they are no reason to close
     */
    boolean deliver(StoredEvent event, boolean replay) {
        if (state != OPEN) {
            return false;
        }
        byte[] bytes = loop.encoders().webSocket(event);
        if (replay) {
            replayed = pending() + bytes.length;
        } else if (!hasRoom(bytes.length)) {
            return false;
        }
        ChannelHandlerContext ctx = context();
        unflushed = true;
        ctx.write(loop.sharedFrame().retained(event, bytes, ctx.alloc()), ctx.voidPromise());
        loop.delivered(Transport.WEBSOCKET, bytes.length);
        return true;
    }

    void flush() {
        if (unflushed) {
            unflushed = false;
            context().flush();
        }
    }

    void flushScheduled() {
        flushScheduled = false;
        flush();
    }

    private void write(byte[] frame) {
        if (state == OPEN && hasRoom(frame.length)) {
            unflushed = true;
            context().write(Unpooled.wrappedBuffer(frame), context().voidPromise());
        }
    }

    private boolean hasRoom(int more) {
        long pending = pending();
        if (pending == 0 || pending + more <= replayed + loop.config().maxPendingBytes()) {
            return true;
        }
        loop.metrics().slowClose(Transport.WEBSOCKET);
        end(new PlatformError.SlowConsumer(resumeFrom()));
        return false;
    }

    private long pending() {
        ChannelOutboundBuffer buffer = context().channel().unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes();
    }

    /** The position up to which the client has everything on all of its channels; empty when it has none. */
    private String resumeFrom() {
        Cursor earliest = null;
        for (WebSocketSubscription s = subscriptions; s != null; s = s.next) {
            Cursor last = s.last();
            if (last != null && (earliest == null || last.sequence() < earliest.sequence())) {
                earliest = last;
            }
        }
        return earliest == null ? "" : cursor(earliest);
    }

    // Subscriptions.

    @Nullable
    WebSocketSubscription find(Topic topic) {
        WebSocketSubscription s = subscriptions;
        while (s != null && !s.topic().equals(topic)) {
            s = s.next;
        }
        return s;
    }

    void add(WebSocketSubscription subscription) {
        subscription.next = subscriptions;
        subscriptions = subscription;
        subscriptionCount++;
        loop.metrics().subscribed(1);
        if (!context().channel().isWritable()) {
            subscription.pauseReplay(true);
        }
    }

    void remove(WebSocketSubscription subscription) {
        subscription.close();
        WebSocketSubscription before = null;
        for (WebSocketSubscription s = subscriptions; s != null; before = s, s = s.next) {
            if (s == subscription) {
                if (before == null) {
                    subscriptions = s.next;
                } else {
                    before.next = s.next;
                }
                subscriptionCount--;
                loop.metrics().subscribed(-1);
                return;
            }
        }
    }

    void subscriptionFailed(WebSocketSubscription subscription, @Nullable String id, PlatformError error) {
        boolean wasOpen = subscription.last() != null;
        remove(subscription);
        fail(id, error);
        if (wasOpen) {
            sendSoon(ServerFrames.unsubscribed(null, subscription.topic().name()));
        }
    }

    private void letGo() {
        loop.metrics().subscribed(-subscriptionCount);
        subscriptionCount = 0;
        for (WebSocketSubscription s = subscriptions; s != null; s = s.next) {
            s.close();
        }
        subscriptions = null;
        partial = null;
        held = null;
    }

    // Closing, and what the registry asks.

    @Override
    public void end(PlatformError error) {
        if (state == OPEN) {
            loop.metrics().error(error);
            close(ErrorMapping.of(error).close().number(), ServerFrames.closeReason(error));
        }
    }

    private void close(int code, String reason) {
        if (state == OPEN) {
            letGo();
            state = CLOSING;
            deadline = loop.now() + (int) loop.config().closeTimeout().toMillis();
            // Reading goes on, for the client's answer.
            context().channel().config().setAutoRead(true);
            context().writeAndFlush(Unpooled.wrappedBuffer(WebSocketFrames.close(code, reason)));
            LOG.atDebug()
                    .addKeyValue("connection", loop.connections().id(number))
                    .addKeyValue("code", code)
                    .log("Closing a WebSocket");
        }
    }

    @Override
    public void cut() {
        context().close();
    }

    @Override
    public void sweep(int now) {
        if (state == CLOSING || principal == null) {
            if (now - deadline >= 0) {
                if (state == CLOSING) {
                    cut();
                } else {
                    end(new PlatformError.AuthenticationTimeout());
                }
            }
            return;
        }
        int interval = (int) loop.config().pingInterval().toMillis();
        if (now - lastRead >= 2 * interval) {
            end(new PlatformError.PingTimeout());
        } else if (now - lastPing >= interval) {
            lastPing = now;
            write(PING);
            flush();
        }
    }

    boolean isOpen() {
        return state == OPEN;
    }

    /** @return whether that was one too many */
    boolean countBadFrame() {
        return ++badFrames >= loop.config().maxBadFrames();
    }

    void countGoodFrame() {
        badFrames = 0;
    }

    void authenticated(Principal proven) {
        principal = proven;
    }

    String cursor(Cursor cursor) {
        Principal owner = principal;
        if (owner == null) {
            throw new IllegalStateException("a subscription needs a principal");
        }
        return loop.cursor(owner, cursor);
    }

    @Override
    public boolean uses(KeyId key) {
        if (principal != null && principal.key().equals(key)) {
            return true;
        }
        for (WebSocketSubscription s = subscriptions; s != null; s = s.next) {
            if (s.key().equals(key)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public Transport transport() {
        return Transport.WEBSOCKET;
    }

    @Override
    public long number() {
        return number;
    }

    @Override
    public @Nullable Principal principal() {
        return principal;
    }

    @Override
    public int subscriptions() {
        return subscriptionCount;
    }

    @Override
    public int slot() {
        return slot;
    }

    @Override
    public void slot(int newSlot) {
        slot = newSlot;
    }

    private ChannelHandlerContext context() {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            throw new IllegalStateException("not in a pipeline yet");
        }
        return ctx;
    }
}
