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
    private volatile @Nullable Connection connection;
    private volatile int incarnation;
    private volatile long downSince = System.nanoTime();
    private volatile boolean closed;

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
        return store.connectOnce("publisher", this::closed)
                .map(opened -> {
                    Dispatcher replies = opened.createDispatcher(onReply);
                    // Bounded by what is in flight.
                    replies.setPendingLimits(0, 0);
                    replies.subscribe(inbox + ".>");
                    connection = opened;
                    if (closed || opened.getStatus() == Connection.Status.CLOSED) {
                        closed();
                    } else {
                        onUp.run();
                    }
                    return null;
                })
                .mapEmpty();
    }

    boolean isUp() {
        return connection != null;
    }

    /** Another number for every connection. A lane that sees a new one first sends again what the last one left. */
    int incarnation() {
        return incarnation;
    }

    /** In {@link System#nanoTime}. */
    long downSince() {
        return downSince;
    }

    /** Whether it was handed to the connection; false when it surely was not. Never blocks. */
    boolean publish(String subject, @Nullable String replyTo, Headers headers, byte[] body) {
        Connection current = connection;
        if (current == null) {
            return false;
        }
        try {
            current.publish(subject, replyTo, headers, body);
            return true;
        } catch (IllegalStateException e) {
            // Just closing.
            return false;
        }
    }

    Future<Void> close() {
        closed = true;
        Connection current = connection;
        if (current == null) {
            return Future.succeededFuture();
        }
        return vertx.executeBlocking(
                        () -> {
                            current.close();
                            return true;
                        },
                        false)
                .mapEmpty();
    }

    private void closed() {
        if (connection != null) {
            downSince = System.nanoTime();
            connection = null;
            if (!closed) {
                log.atWarn().log("The publishers' connection to NATS is lost; making a new one");
            }
        } else if (!closed) {
            // It failed while it was being made; whoever makes it tries again.
            return;
        }
        if (!closed) {
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
