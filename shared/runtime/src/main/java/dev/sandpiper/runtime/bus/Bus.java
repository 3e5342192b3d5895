package dev.sandpiper.runtime.bus;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends and receives the messages that have a {@link VersionedCodec}. Handlers run on the context that registered them. */
public final class Bus {
    /** The failure code of a request whose message was of an unknown version or damaged. */
    public static final int REFUSED = 400;

    /** The failure code of a request whose handler failed. */
    public static final int FAILED = 500;

    private static final Logger log = LoggerFactory.getLogger(Bus.class);
    private static final String CODECS = "sandpiper.bus.codecs";

    private final Vertx vertx;

    public Bus(Vertx vertx) {
        this.vertx = vertx;
    }

    /** Makes a type of message known. Needed before any is sent or received; may be repeated. */
    public <T> Bus register(VersionedCodec<T> codec) {
        // The bus itself refuses a second registration, and cannot be asked whether there was a first.
        if (vertx.sharedData().getLocalMap(CODECS).putIfAbsent(codec.name(), true) == null) {
            vertx.eventBus().registerDefaultCodec(codec.type(), codec);
        }
        return this;
    }

    /**
     * Answers requests. What the handler returns, or fails with, goes back to the sender; expected failures belong into the
     * answer, because only the text of an exception crosses nodes.
     *
     * @return whose {@link MessageConsumer#completion()} says when the whole cluster knows
     */
    public <Q, A> MessageConsumer<Object> serve(String address, Class<Q> type, Function<Q, Future<A>> handler) {
        return vertx.eventBus().consumer(address, message -> {
            Q request = accept(message, type);
            if (request != null) {
                answer(message, request, handler);
            }
        });
    }

    /** Hears announcements. */
    public <T> MessageConsumer<Object> listen(String address, Class<T> type, Consumer<T> handler) {
        return vertx.eventBus().consumer(address, message -> {
            T announcement = accept(message, type);
            if (announcement != null) {
                handler.accept(announcement);
            }
        });
    }

    /**
     * Asks one of those that serve an address. Completes on the caller's context; fails with a {@link ReplyException}, of
     * type {@code NO_HANDLERS} when nobody serves it, {@code TIMEOUT}, or {@code RECIPIENT_FAILURE}.
     */
    public <A> Future<A> request(String address, Object message, Class<A> answerType, Duration timeout) {
        EventBus bus = vertx.eventBus();
        var options = new DeliveryOptions().setSendTimeout(timeout.toMillis());
        return bus.request(address, message, options).map(reply -> answerType.cast(reply.body()));
    }

    /** Tells everyone who listens, on every node, at most once. */
    public void announce(String address, Object message) {
        vertx.eventBus().publish(address, message);
    }

    private static <T> @Nullable T accept(Message<Object> message, Class<T> type) {
        Object body = message.body();
        if (type.isInstance(body)) {
            return type.cast(body);
        }
        if (body instanceof ReplyException refusal) {
            message.fail(refusal.failureCode(), refusal.getMessage());
        } else {
            message.fail(REFUSED, "The address " + message.address() + " takes " + type.getSimpleName() + " only");
        }
        return null;
    }

    private static <Q, A> void answer(Message<Object> message, Q request, Function<Q, Future<A>> handler) {
        Future<A> answer;
        try {
            answer = handler.apply(request);
        } catch (RuntimeException e) {
            answer = Future.failedFuture(e);
        }
        answer.onComplete(message::reply, failure -> {
            log.atWarn()
                    .addKeyValue("address", message.address())
                    .setCause(failure)
                    .log("A bus request failed");
            message.fail(FAILED, String.valueOf(failure.getMessage()));
        });
    }
}
