package dev.sandpiper.publisher;

import dev.sandpiper.runtime.nats.EventStore;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.MessageHandler;
import io.nats.client.impl.Headers;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The publishers' own connection to NATS. When it breaks it is given up with everything that jnats had not sent yet, and a
 * new one is made: a connection that reconnects would send those events after any length of time, when their callers have
 * long been told that the outcome is unknown and JetStream has forgotten the id by which it would know the repetition.
 */
final class PublishLink {
    private static final Logger log = LoggerFactory.getLogger(PublishLink.class);
    private static final int RETRY_MILLIS = 100;

    private final Vertx vertx;
    private final Context context;
    private final EventStore store;
    private final String inbox;
    private final MessageHandler onReply;
    private final Runnable onUp;
    private volatile @Nullable Live live;
    private int incarnations;
    private volatile long downSince = System.nanoTime();
    private volatile boolean closed;

    /**
     * One connection of several that follow each other.
     *
     * @param incarnation another number for each
     */
    record Live(Connection connection, int incarnation) {
        /** Whether it was handed to the connection; false when it surely was not. Never blocks. */
        boolean publish(String subject, @Nullable String replyTo, Headers headers, byte[] body) {
            try {
                connection.publish(subject, replyTo, headers, body);
                return true;
            } catch (IllegalStateException e) {
                // Just closing.
                return false;
            }
        }
    }

    /** @param onUp called on any thread when publishing is possible (again), replies being heard already */
    PublishLink(Vertx vertx, EventStore store, String inbox, MessageHandler onReply, Runnable onUp) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.store = store;
        this.inbox = inbox;
        this.onReply = onReply;
        this.onUp = onUp;
    }

    Future<Void> open() {
        return store.connectOnce("publisher", this::lost)
                .map(opened -> {
                    Dispatcher replies = opened.createDispatcher(onReply);
                    // Bounded by what is in flight.
                    replies.setPendingLimits(0, 0);
                    replies.subscribe(inbox + ".>");
                    live = new Live(opened, ++incarnations);
                    if (opened.getStatus() == Connection.Status.CLOSED) {
                        lost();
                    } else if (closed) {
                        close();
                    } else {
                        onUp.run();
                    }
                    return null;
                })
                .mapEmpty();
    }

    /** Null while there is no connection. */
    @Nullable
    Live live() {
        return live;
    }

    /** In {@link System#nanoTime}. */
    long downSince() {
        return downSince;
    }

    Future<Void> close() {
        closed = true;
        Live current = live;
        if (current == null) {
            return Future.succeededFuture();
        }
        return vertx.executeBlocking(
                        () -> {
                            current.connection().close();
                            return true;
                        },
                        false)
                .mapEmpty();
    }

    /** On any thread; twice for one connection if it broke just as it was made. */
    private synchronized void lost() {
        if (live == null) {
            // Not made yet: whoever makes it tries again, or finds it closed.
            return;
        }
        downSince = System.nanoTime();
        live = null;
        if (!closed) {
            log.atWarn().log("The publishers' connection to NATS is lost; making a new one");
            context.runOnContext(v -> reopen());
        }
    }

    private void reopen() {
        if (closed) {
            return;
        }
        open().onFailure(e -> {
            int pause = RETRY_MILLIS + ThreadLocalRandom.current().nextInt(RETRY_MILLIS);
            vertx.setTimer(pause, id -> reopen());
        });
    }
}
