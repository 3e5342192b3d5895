package dev.sandpiper.consumers.nats;

import dev.sandpiper.consumers.Consumer;
import dev.sandpiper.consumers.PulledEvent;
import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.runtime.events.EventFilter;
import dev.sandpiper.runtime.nats.EventStore;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Subscription;
import io.nats.client.impl.NatsJetStreamMetaData;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request for the next events of a consumer. Blocks: for a virtual thread. */
final class Pull {
    private static final Logger log = LoggerFactory.getLogger(Pull.class);
    private static final int NO_RESPONDERS = 503;
    private static final int HEARTBEAT = 100;
    private static final long MAX_BYTES = 8L << 20;

    /** For the way to the server and back. */
    private static final Duration GRACE = Duration.ofMillis(500);

    /** How long after an event the server may take to send the next, or to say that there is none. */
    private static final Duration LINGER = Duration.ofMillis(100);

    private final EventStore store;
    private final Consumer consumer;
    private final int batch;
    private final Duration wait;

    Pull(EventStore store, Consumer consumer, int batch, Duration wait) {
        this.store = store;
        this.consumer = consumer;
        this.batch = batch;
        this.wait = wait;
    }

    /** @param missing whether the server knows no such consumer */
    record Outcome(List<PulledEvent> events, boolean missing) {}

    Outcome run(@Nullable EventFilter filter) {
        Connection connection = store.connection();
        String inbox = connection.createInbox();
        Subscription answers = connection.subscribe(inbox);
        try {
            connection.publish(
                    "$JS.API.CONSUMER.MSG.NEXT." + store.subjects().stream() + "." + consumer.durable(),
                    inbox,
                    request());
            return receive(connection, answers, filter);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PlatformException(new AvailabilityError.EventStoreUnavailable(), e);
        } catch (IllegalStateException e) {
            throw new PlatformException(new AvailabilityError.EventStoreUnavailable(), e);
        } finally {
            if (answers.isActive()) {
                answers.unsubscribe();
            }
        }
    }

    /** With {@code no_wait} and {@code expires} the server answers with what it has, and waits when it has nothing. */
    private byte[] request() {
        return new JsonObject()
                .put("batch", batch)
                .put("max_bytes", MAX_BYTES)
                .put("no_wait", true)
                .put("expires", Math.max(wait.toNanos(), Duration.ofMillis(1).toNanos()))
                .encode()
                .getBytes(StandardCharsets.US_ASCII);
    }

    private Outcome receive(Connection connection, Subscription answers, @Nullable EventFilter filter)
            throws InterruptedException {
        List<PulledEvent> events = new ArrayList<>();
        long deadline = System.nanoTime() + wait.plus(GRACE).toNanos();
        for (int received = 0; received < batch; ) {
            Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
            Message message = answers.nextMessage(received == 0 ? left : LINGER);
            if (message == null) {
                break;
            }
            if (message.isStatusMessage()) {
                int status = message.getStatus().getCode();
                if (status == HEARTBEAT) {
                    continue;
                }
                return new Outcome(events, status == NO_RESPONDERS);
            }
            received++;
            accept(connection, message, filter, events);
        }
        return new Outcome(events, false);
    }

    private void accept(
            Connection connection, Message message, @Nullable EventFilter filter, List<PulledEvent> events) {
        PulledEvent pulled;
        try {
            pulled = decode(message);
        } catch (IllegalArgumentException e) {
            log.atWarn()
                    .setCause(e)
                    .addKeyValue("subject", message.getSubject())
                    .log("Not an event in the stream");
            answer(connection, message, "+TERM not an event");
            return;
        }
        StoredEvent event = pulled.event();
        if (consumer.spec().wants(event.topic()) && (filter == null || filter.test(event))) {
            events.add(pulled);
        } else {
            answer(connection, message, "+ACK");
        }
    }

    /** When this gets lost, the event comes again, and is passed over again. */
    private static void answer(Connection connection, Message message, String word) {
        connection.publish(message.getReplyTo(), word.getBytes(StandardCharsets.US_ASCII));
    }

    private PulledEvent decode(Message message) {
        NatsJetStreamMetaData metadata = message.metaData();
        StoredEvent event = store.codec()
                .decode(
                        message.getHeaders(),
                        message.getData(),
                        store.subjects().parse(message.getSubject()),
                        store.epoch(),
                        metadata.streamSequence(),
                        metadata.timestamp().toInstant());
        return new PulledEvent(event, (int) metadata.deliveredCount(), message.getReplyTo());
    }
}
