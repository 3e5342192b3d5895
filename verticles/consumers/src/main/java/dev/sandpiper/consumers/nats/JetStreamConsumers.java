package dev.sandpiper.consumers.nats;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sandpiper.consumers.Consumer;
import dev.sandpiper.consumers.ConsumerState;
import dev.sandpiper.consumers.ConsumerStream;
import dev.sandpiper.consumers.PulledEvent;
import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.runtime.events.EventFilter;
import dev.sandpiper.runtime.nats.EventStore;
import dev.sandpiper.runtime.nats.JetStreamFault;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Durable pull consumers of the event stream, one for each {@link Consumer}, shared by all nodes. */
public final class JetStreamConsumers implements ConsumerStream {
    private static final Logger log = LoggerFactory.getLogger(JetStreamConsumers.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final byte[] ACK = "+ACK".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PROGRESS = "+WPI".getBytes(StandardCharsets.US_ASCII);

    private final Vertx vertx;
    private final EventStore store;
    private final ConsumerSettings settings;

    public JetStreamConsumers(Vertx vertx, EventStore store) {
        this.vertx = vertx;
        this.store = store;
        this.settings = new ConsumerSettings(store.subjects());
    }

    @Override
    public Future<Void> ensure(Consumer consumer) {
        String stream = store.subjects().stream();
        return store.call(
                        "CONSUMER.CREATE." + stream + "." + consumer.durable(),
                        settings.of(consumer, store.epoch()).encode(),
                        TIMEOUT)
                .recover(JetStreamConsumers::unavailable)
                .mapEmpty();
    }

    @Override
    public Future<ConsumerState> state(Consumer consumer) {
        String endpoint = "CONSUMER.INFO." + store.subjects().stream() + "." + consumer.durable();
        return store.call(endpoint, "", TIMEOUT)
                .recover(failure -> isMissing(failure)
                        ? ensure(consumer).compose(made -> store.call(endpoint, "", TIMEOUT))
                        : Future.failedFuture(failure))
                .recover(JetStreamConsumers::unavailable)
                .map(info -> new ConsumerState(
                        info.path("num_pending").asLong(),
                        info.path("num_ack_pending").asLong(),
                        info.path("num_redelivered").asLong()));
    }

    @Override
    public Future<Void> remove(String durable) {
        return store.call("CONSUMER.DELETE." + store.subjects().stream() + "." + durable, "", TIMEOUT)
                .recover(failure -> isMissing(failure) ? Future.succeededFuture() : unavailable(failure))
                .mapEmpty();
    }

    @Override
    public Future<List<PulledEvent>> pull(
            Consumer consumer, int batch, Duration wait, @Nullable Supplier<EventFilter> filter) {
        if (!store.connected()) {
            return Future.failedFuture(new PlatformException(new AvailabilityError.EventStoreUnavailable()));
        }
        var pull = new Pull(store, consumer, batch, wait);
        Context home = vertx.getOrCreateContext();
        Promise<Pull.Outcome> pulled = Promise.promise();
        // Waiting is what a pull mostly does, and compiling a filter takes a while too: not for an event loop.
        Thread.ofVirtual().name("sandpiper-consumer-pull").start(() -> {
            try {
                Pull.Outcome outcome = pull.run(filter == null ? null : filter.get());
                home.runOnContext(done -> pulled.complete(outcome));
            } catch (RuntimeException e) {
                home.runOnContext(done -> pulled.fail(e));
            }
        });
        return pulled.future().compose(outcome -> {
            if (!outcome.missing()) {
                return Future.succeededFuture(outcome.events());
            }
            log.atWarn()
                    .addKeyValue("tenant", consumer.tenant())
                    .addKeyValue("project", consumer.project())
                    .addKeyValue("consumer", consumer.name())
                    .log("JetStream does not know the consumer; making it anew");
            return ensure(consumer).map(List.of());
        });
    }

    @Override
    public Future<@Nullable PublishReceipt> published(PublishCommand command, long after) {
        return new PublishedSearch(store, command).from(after + 1);
    }

    @Override
    public Future<Void> acknowledge(String reply) {
        return confirmed(reply, ACK);
    }

    @Override
    public Future<Void> terminate(String reply, @Nullable String reason) {
        return confirmed(reply, ("+TERM" + (reason == null ? "" : " " + reason)).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Future<Void> refuse(String reply, Duration delay) {
        String body = delay.isZero() ? "-NAK" : "-NAK " + new JsonObject().put("delay", delay.toNanos());
        return confirmed(reply, body.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public Future<Void> prolong(String reply) {
        return confirmed(reply, PROGRESS);
    }

    /** A request instead of a message: the server answers once it has taken the word. */
    private Future<Void> confirmed(String reply, byte[] word) {
        return store.request(reply, word, TIMEOUT).mapEmpty();
    }

    private static boolean isMissing(Throwable failure) {
        return failure instanceof JetStreamFault fault
                && (fault.code() == JetStreamFault.CONSUMER_NOT_FOUND
                        || fault.code() == JetStreamFault.STREAM_NOT_FOUND);
    }

    private static Future<JsonNode> unavailable(Throwable failure) {
        if (failure instanceof PlatformException) {
            return Future.failedFuture(failure);
        }
        log.atWarn().addKeyValue("reason", failure.getMessage()).log("JetStream refused a request for a consumer");
        return Future.failedFuture(new PlatformException(new AvailabilityError.EventStoreUnavailable(), failure));
    }
}
