package dev.sandpiper.sockets;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.CursorCodec;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.protocol.EventEncoders;
import dev.sandpiper.runtime.auth.Authenticator;
import dev.sandpiper.runtime.events.Consumers;
import dev.sandpiper.runtime.events.EndPosition;
import dev.sandpiper.runtime.events.EventFilter;
import dev.sandpiper.runtime.events.Feed;
import dev.sandpiper.runtime.events.FeedSubscription;
import dev.sandpiper.runtime.events.Publisher;
import dev.sandpiper.runtime.http.RouteContext;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the connections of one event loop share: collaborators, the sweep, buffers. A connection refers to this and to
 * little else, which is what keeps it small.
 */
final class SocketLoop {
    private static final long MAX_SWEEP_MILLIS = 1_000;

    private final SocketServices services;
    private final RouteContext routes;
    private final ContextInternal context;
    private final Positions positions;
    private final ConnectionTable table = new ConnectionTable();
    private final SharedFrame[] sharedFrames = new SharedFrame[Transport.values().length];
    private final Backlog backlog = new Backlog();
    private final byte[] scratch;
    private final long[] deliveries = new long[Transport.values().length];
    private final long[] bytes = new long[Transport.values().length];
    private final long[] flushes = new long[Transport.values().length];
    private final AtomicLongArray pending = new AtomicLongArray(Transport.values().length);
    private final List<ChannelConnection> delayed = new ArrayList<>();
    private final long writeDelayMillis;
    private final List<WebSocketConnection> unflushed = new ArrayList<>();
    private final Runnable flush = this::flushAll;
    private final Trust trust;
    private final long epoch = System.nanoTime();

    SocketLoop(SocketServices services, RouteContext routes) {
        this.services = services;
        this.routes = routes;
        this.context = (ContextInternal) routes.context();
        this.trust = new Trust(services.authenticator(), services.config().expiryWarning());
        this.positions = new Positions(services.cursors());
        this.scratch = new byte[services.config().payload().document()];
        Arrays.setAll(sharedFrames, i -> new SharedFrame(SharedFrame.POOL));
        this.writeDelayMillis = services.config().writeDelay().toMillis();
        services.connections().add(this);
        services.metrics().pendingBytes(this);
        context.owner().setPeriodic(sweepMillis(services.config()), timer -> sweep());
    }

    private static long sweepMillis(SocketsConfig config) {
        long shortest = Math.min(
                Math.min(
                        config.pingInterval().toMillis(),
                        config.commentInterval().toMillis()),
                Math.min(config.authTimeout().toMillis(), config.closeTimeout().toMillis()));
        return Math.clamp(shortest / 4, 20, MAX_SWEEP_MILLIS);
    }

    ContextInternal context() {
        return context;
    }

    RouteContext routes() {
        return routes;
    }

    SocketsConfig config() {
        return services.config();
    }

    SocketMetrics metrics() {
        return services.metrics();
    }

    Connections connections() {
        return services.connections();
    }

    Feed feed() {
        return services.feed();
    }

    Publisher publisher() {
        return services.publisher();
    }

    Consumers consumers() {
        return services.consumers();
    }

    Authenticator authenticator() {
        return services.authenticator();
    }

    EventEncoders encoders() {
        return services.encoders();
    }

    PositionKeeper keeper() {
        return services.positions();
    }

    /** The same result on this loop, for what completes elsewhere. */
    <T extends @Nullable Object> Future<T> home(Future<T> foreign) {
        Promise<T> promise = context.promise();
        foreign.onComplete(promise);
        return promise.future();
    }

    CursorCodec cursors() {
        return services.cursors();
    }

    Positions positions() {
        return positions;
    }

    String cursor(Principal principal, Cursor cursor) {
        return services.cursors().encode(principal.tenant(), principal.project(), cursor);
    }

    /** Ends connections of tokens that are not believed any more. */
    void checkTokens() {
        table.forEach(connection -> connection.checkTokens(trust));
    }

    ConnectionTable table() {
        return table;
    }

    SharedFrame sharedFrame(Transport transport) {
        return sharedFrames[transport.ordinal()];
    }

    Backlog backlog() {
        return backlog;
    }

    /** As long as the longest message; for use within one call. */
    byte[] scratch() {
        return scratch;
    }

    /** Milliseconds since some moment. Wraps around after 24 days: compare differences only. */
    int now() {
        return (int) TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - epoch);
    }

    /** Answers a request that did not become a connection. */
    void refuse(RoutingContext request, Throwable failure) {
        if (failure instanceof PlatformException e) {
            metrics().error(e.error());
        }
        routes.fail(request, failure);
    }

    /** Counted here, without contention, and reported by the sweep. */
    void delivered(Transport transport, int eventBytes) {
        deliveries[transport.ordinal()]++;
        bytes[transport.ordinal()] += eventBytes;
    }

    void flushed(Transport transport) {
        flushes[transport.ordinal()]++;
    }

    /** Bytes that wait for their clients to read them, as of the latest sweep. For any thread. */
    long pendingBytes(Transport transport) {
        return pending.get(transport.ordinal());
    }

    /** Listens to events as the client wants to read them. */
    FeedSubscription subscribe(Reading reading, EventReceiver receiver) {
        return reading.isPlain()
                ? feed().subscribe(reading.request(), receiver)
                : subscribe(reading, receiver, config().positionInterval());
    }

    /** @param positionInterval how long the receiver may be ignorant of its position because of a filter */
    FeedSubscription subscribe(Reading reading, EventReceiver receiver, Duration positionInterval) {
        List<Stage> stages = new ArrayList<>(3);
        EventReceiver first = receiver;
        if (reading.maxRate() > 0) {
            first = add(stages, new Conflation(vertx(), first, reading.maxRate(), metrics()::leftOut));
        }
        EventFilter filter = reading.filter();
        if (filter != null) {
            first = add(stages, new Filtering(vertx(), first, filter, positionInterval));
        }
        EndPosition end = reading.end();
        if (end != null) {
            first = add(stages, new Bounded(vertx(), feed(), reading.request(), end, first));
        }
        FeedSubscription subscription = feed().subscribe(reading.request(), first);
        for (Stage stage : stages.reversed()) {
            subscription = stage.on(subscription);
        }
        return subscription;
    }

    private static EventReceiver add(List<Stage> stages, Stage stage) {
        stages.add(stage);
        return stage;
    }

    private Vertx vertx() {
        return context.owner();
    }

    /**
     * Compiles a filter, which is not for an event loop; completes here. Fails with {@code INVALID_FILTER} or {@code
     * FILTER_TOO_COSTLY}.
     *
     * @param text null for no filter, which makes none
     */
    Future<@Nullable EventFilter> compile(@Nullable String text) {
        return text == null
                ? Future.succeededFuture(null)
                : context.executeBlocking(() -> services.filters().compile(text), false);
    }

    /** Likewise for a request: goes on at once without a filter, and refuses the request when it cannot. */
    void compiled(RoutingContext request, @Nullable String text, Consumer<@Nullable EventFilter> then) {
        if (text == null) {
            then.accept(null);
            return;
        }
        compile(text).onComplete(result -> {
            try {
                if (result.failed()) {
                    refuse(request, result.cause());
                } else if (!request.response().closed()) {
                    then.accept(result.result());
                }
            } catch (PlatformException e) {
                refuse(request, e);
            }
        });
    }

    /** Whether live events wait for others to be written with. */
    boolean delaysWrites() {
        return writeDelayMillis > 0;
    }

    /** Flushes the connection when the delay is over that began with the first who waits. Once until then. */
    void flushDelayed(ChannelConnection connection) {
        if (delayed.isEmpty()) {
            context.owner().setTimer(writeDelayMillis, timer -> flushDelayed());
        }
        delayed.add(connection);
    }

    private void flushDelayed() {
        for (ChannelConnection connection : delayed) {
            connection.flush();
        }
        delayed.clear();
    }

    /** Flushes the connection at the end of this turn of the event loop, together with others. */
    void flushSoon(WebSocketConnection connection) {
        if (unflushed.isEmpty()) {
            context.nettyEventLoop().execute(flush);
        }
        unflushed.add(connection);
    }

    private void flushAll() {
        for (WebSocketConnection connection : unflushed) {
            connection.flushScheduled();
        }
        unflushed.clear();
    }

    private void sweep() {
        int now = now();
        var waiting = new long[Transport.values().length];
        table.forEach(connection -> {
            waiting[connection.transport().ordinal()] += connection.pendingBytes();
            connection.checkTokens(trust);
            connection.sweep(now);
        });
        for (Transport transport : Transport.values()) {
            int i = transport.ordinal();
            sharedFrames[i].release();
            pending.set(i, waiting[i]);
            if (deliveries[i] > 0 || flushes[i] > 0) {
                metrics().delivered(transport, deliveries[i], bytes[i], flushes[i]);
                deliveries[i] = 0;
                bytes[i] = 0;
                flushes[i] = 0;
            }
        }
    }
}
