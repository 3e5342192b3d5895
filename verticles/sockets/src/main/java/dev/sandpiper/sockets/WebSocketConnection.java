package dev.sandpiper.sockets;

import dev.sandpiper.domain.Capability;
import dev.sandpiper.domain.ConnectionEnd;
import dev.sandpiper.domain.CredentialError;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.KeyId;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.TokenIdentity;
import dev.sandpiper.protocol.ClientFrame;
import dev.sandpiper.protocol.ErrorMapping;
import dev.sandpiper.protocol.ServerFrames;
import dev.sandpiper.protocol.WebSocketFrames;
import dev.sandpiper.protocol.WorkerFrames;
import dev.sandpiper.runtime.auth.Caller;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One WebSocket: its state and what goes out on it, which is whole frames, so that its pipeline needs no encoder. Frames that
 * come in are answered by the {@link Conversation}. Everything happens on its event loop.
 */
final class WebSocketConnection extends ChannelConnection {
    private static final Logger LOG = LoggerFactory.getLogger(WebSocketConnection.class);
    private static final byte[] PING = WebSocketFrames.ping(new byte[0]);
    private static final int HURRY_MILLIS = 1_000;

    private static final byte OPEN = 0;
    private static final byte CLOSING = 1;
    private static final byte CLOSED = 2;

    private final Conversation conversation;
    private final Caller caller;
    private final SubscriptionList subscriptions = new SubscriptionList();
    private @Nullable Principal principal;

    /** By consumer. Most connections have none. */
    private @Nullable Map<String, WebSocketConsumption> consumptions;

    /**
     * Frames that arrived while an earlier one has to be finished first. Bounded by what one read of the socket can bring,
     * because the socket is not read meanwhile.
     */
    private @Nullable ArrayDeque<ClientFrame> held;

    private int lastRead;
    private int lastPing;
    /** When patience ends: for an auth frame, or for the client's part of the close handshake. */
    private int deadline;

    private int inFlight;
    private int badFrames;
    private byte state = OPEN;
    /** Who waits: frames are handled when nobody does. */
    private byte holds;

    private boolean saturated;
    private boolean flushScheduled;
    /** That the token of the connection ends soon. */
    private boolean warned;
    /** Whether there is, or was, a subscription with a credential that is not the connection's. */
    private boolean ownCredentials;

    WebSocketConnection(
            SocketLoop loop, Conversation conversation, long number, Caller caller, @Nullable Principal principal) {
        super(loop, number);
        this.caller = caller;
        this.conversation = conversation;
        this.principal = principal;
    }

    Caller caller() {
        return caller;
    }

    // What the channel tells.

    void opened(ChannelHandlerContext handler) {
        attach(handler);
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

    void heard() {
        lastRead = loop.now();
    }

    @Override
    void pauseReplay(boolean paused) {
        subscriptions.pauseReplay(paused);
        if (consumptions != null) {
            consumptions.values().forEach(consumption -> consumption.pause(paused));
        }
    }

    void closedByClient(int code) {
        if (state == OPEN) {
            // Who leaves in order has finished, or gives up, what it works at.
            letGo(true);
            state = CLOSING;
            deadline = loop.now() + (int) loop.config().closeTimeout().toMillis();
            loop.backlog().end();
            byte[] answer = code < 0 ? WebSocketFrames.close() : WebSocketFrames.close(code, "");
            context().writeAndFlush(Unpooled.wrappedBuffer(answer)).addListener(ChannelFutureListener.CLOSE);
        } else {
            context().close();
        }
    }

    void closed() {
        if (state != CLOSED) {
            state = CLOSED;
            // A worker whose connection breaks may come back, and finish what it has.
            letGo(false);
            loop.table().remove(this);
            loop.connections().closed(Transport.WEBSOCKET);
        }
    }

    void handle(ClientFrame frame) {
        if (holds > 0 || held != null) {
            if (held == null) {
                held = new ArrayDeque<>(4);
            }
            held.addLast(frame);
        } else {
            conversation.handle(this, frame);
        }
    }

    // Waiting: frames that were read but must not be handled yet.

    /** Handles no further frame, and reads none, until {@link #goAhead}. */
    void hold() {
        holds++;
        context().channel().config().setAutoRead(false);
    }

    void goAhead() {
        holds--;
        while (holds == 0 && held != null && state == OPEN) {
            ClientFrame frame = held.pollFirst();
            if (frame == null) {
                held = null;
            } else {
                conversation.handle(this, frame);
            }
        }
        if (holds == 0) {
            context().channel().config().setAutoRead(true);
        }
    }

    void publishBegins() {
        if (++inFlight >= loop.config().maxInFlightPublishes() && !saturated) {
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
        if (isUnflushed() && !flushScheduled) {
            flushScheduled = true;
            loop.flushSoon(this);
        }
    }

    void fail(@Nullable String id, PlatformError error) {
        loop.metrics().error(error);
        sendSoon(ServerFrames.error(id, error));
    }

    /** Likewise for what is about a durable consumer, and maybe about one of its deliveries. */
    void fail(@Nullable String id, String consumer, @Nullable String token, PlatformError error) {
        loop.metrics().error(error);
        sendSoon(WorkerFrames.error(id, consumer, token, error));
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
        return deliver(event, loop.encoders().webSocket(event), replay);
    }

    /** Likewise an event for a worker, as JSON: how many of those come is up to the worker's credit. */
    void deliverWork(StoredEvent event, byte[] json) {
        if (state == OPEN) {
            deliver(event, WebSocketFrames.text(json), true);
        }
    }

    void flushScheduled() {
        flushScheduled = false;
        flush();
    }

    /** Writes a whole WebSocket frame. */
    void write(byte[] frame) {
        if (state == OPEN) {
            writeBytes(frame);
        }
    }

    @Override
    void tooSlow() {
        end(new ConnectionEnd.SlowConsumer(resumeFrom()));
    }

    private String resumeFrom() {
        Cursor earliest = subscriptions.earliest();
        return earliest == null ? "" : cursor(earliest);
    }

    // Subscriptions.

    SubscriptionList subscriptionList() {
        return subscriptions;
    }

    void add(WebSocketSubscription subscription) {
        ownCredentials |= !subscription.principal().equals(principal);
        subscriptions.add(subscription);
        loop.metrics().subscribed(1);
        if (!context().channel().isWritable()) {
            subscription.pauseReplay(true);
        }
    }

    void remove(WebSocketSubscription subscription) {
        if (subscriptions.remove(subscription)) {
            loop.metrics().subscribed(-1);
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

    void subscriptionEnded(WebSocketSubscription subscription, Cursor position) {
        remove(subscription);
        sendSoon(ServerFrames.end(subscription.topic().name(), cursor(position)));
    }

    // Consumers that the client works for.

    @Nullable
    WebSocketConsumption consumption(String consumer) {
        return consumptions == null ? null : consumptions.get(consumer);
    }

    void add(WebSocketConsumption consumption) {
        Map<String, WebSocketConsumption> all = consumptions;
        if (all == null) {
            all = HashMap.newHashMap(1);
            consumptions = all;
        }
        all.put(consumption.consumer(), consumption);
        loop.metrics().subscribed(1);
        if (!context().channel().isWritable()) {
            consumption.pause(true);
        }
    }

    void remove(WebSocketConsumption consumption) {
        if (consumptions != null && consumptions.remove(consumption.consumer(), consumption)) {
            loop.metrics().subscribed(-1);
        }
    }

    /** @param giveBack whether deliveries of durable consumers go to others at once */
    private void letGo(boolean giveBack) {
        loop.metrics().subscribed(-subscriptions());
        subscriptions.closeAll();
        if (consumptions != null) {
            consumptions.values().forEach(consumption -> consumption.close(giveBack));
            consumptions = null;
        }
        held = null;
    }

    // Closing, and what the registry asks.

    @Override
    public void end(PlatformError error) {
        if (state == OPEN) {
            loop.metrics().error(error);
            letGo(error instanceof CredentialError.KeyRevoked);
            close(ErrorMapping.of(error).close().number(), ServerFrames.closeReason(error));
        }
    }

    void close(int code, String reason) {
        if (state == OPEN) {
            letGo(false);
            state = CLOSING;
            deadline = loop.now() + (int) loop.config().closeTimeout().toMillis();
            // Reading goes on, for the client's answer.
            context().channel().config().setAutoRead(true);
            loop.backlog().end();
            context().writeAndFlush(Unpooled.wrappedBuffer(WebSocketFrames.close(code, reason)));
            ConnectionLog.about(this, LOG.atDebug()).addKeyValue("code", code).log("Closing a WebSocket");
        }
    }

    /** The client cannot be understood any more: waits for it only as long as the close frame needs. */
    void hurry() {
        deadline = loop.now()
                + Math.min(HURRY_MILLIS, (int) loop.config().closeTimeout().toMillis());
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
                    end(new CredentialError.AuthenticationTimeout());
                }
            }
            return;
        }
        int interval = (int) loop.config().pingInterval().toMillis();
        if (now - lastRead >= 2 * interval) {
            end(new ConnectionEnd.PingTimeout());
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

    /** The first proof, or a newer one of the same user in the same project: what it does not allow any more ends. */
    void authenticated(Principal proven) {
        Principal before = principal;
        principal = proven;
        warned = false;
        if (before != null && before.token() != null) {
            subscriptions.forEach(subscription -> renew(subscription, before, proven));
        }
    }

    private void renew(WebSocketSubscription subscription, Principal before, Principal proven) {
        if (!subscription.principal().equals(before)) {
            return;
        }
        try {
            proven.require(Scope.EVENTS_SUBSCRIBE);
            proven.require(Capability.SUBSCRIBE, subscription.topic());
            subscription.principal(proven);
        } catch (PlatformException e) {
            subscriptionFailed(subscription, null, e.error());
        }
    }

    @Override
    public void checkTokens(Trust trust) {
        Principal who = principal;
        if (who == null || state != OPEN) {
            return;
        }
        PlatformError fault = trust.fault(who);
        if (fault != null) {
            end(fault);
            return;
        }
        TokenIdentity token = who.token();
        if (token != null && !warned && trust.endsSoon(token)) {
            warned = true;
            sendSoon(ServerFrames.expiring(token.expiresAt(), trust.left(token)));
        }
        if (ownCredentials) {
            subscriptions.forEach(subscription -> checkToken(subscription, trust));
        }
    }

    private void checkToken(WebSocketSubscription subscription, Trust trust) {
        PlatformError fault = subscription.principal().equals(principal) ? null : trust.fault(subscription.principal());
        if (fault != null) {
            subscriptionFailed(subscription, null, fault);
        }
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
        return (principal != null && principal.uses(key)) || subscriptions.uses(key);
    }

    @Override
    public Transport transport() {
        return Transport.WEBSOCKET;
    }

    @Override
    public @Nullable Principal principal() {
        return principal;
    }

    @Override
    public int subscriptions() {
        return subscriptions.size() + (consumptions == null ? 0 : consumptions.size());
    }
}
