package dev.sandpiper.deadletters.nats;

import dev.sandpiper.deadletters.DeadLetter;
import dev.sandpiper.deadletters.LetterKeys;
import dev.sandpiper.deadletters.LetterMetrics;
import dev.sandpiper.deadletters.Missing;
import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.runtime.nats.EventStore;
import dev.sandpiper.runtime.nats.EventStores;
import dev.sandpiper.runtime.nats.JetStreamApi;
import dev.sandpiper.runtime.nats.StreamMessage;
import dev.sandpiper.runtime.nats.Subjects;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns advisories into letters: reads the event that was given up, stores it as a letter, and only then acknowledges the
 * advisory. A node that dies anywhere on the way leaves the advisory to another; a letter that was stored already is recognised by its
 * key, so each failure becomes one letter. All nodes share the work, and the order of failures is kept roughly.
 */
public final class AdvisoryCollector {
    private static final Logger log = LoggerFactory.getLogger(AdvisoryCollector.class);
    private static final int LANES = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final long RETRY_MILLIS = 500;
    private static final int NOTHING_THERE = 408;
    private static final byte[] ACK = "+ACK".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LATER = "-NAK {\"delay\":1000000000}".getBytes(StandardCharsets.US_ASCII);

    private final Vertx vertx;
    private final Context context;
    private final EventStores stores;
    private final JetStreamApi api;
    private final LetterStreams streams;
    private final JetStreamLetters letters;
    private final StreamConsumers consumers;
    private final LetterMetrics metrics;
    private final Supplier<Future<Void>> beforeAck;
    private final String next;
    private final byte[] request;
    private final Connection connection;
    private final Dispatcher dispatcher;
    private volatile boolean closed;
    private @Nullable Future<Void> ensuring;

    public AdvisoryCollector(
            Vertx vertx, EventStores stores, LetterStreams streams, JetStreamLetters letters, LetterMetrics metrics) {
        this(vertx, stores, streams, letters, metrics, Future::succeededFuture);
    }

    /** @param beforeAck called when a letter is stored and its advisory is not acknowledged yet; a failure stays one */
    AdvisoryCollector(
            Vertx vertx,
            EventStores stores,
            LetterStreams streams,
            JetStreamLetters letters,
            LetterMetrics metrics,
            Supplier<Future<Void>> beforeAck) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.stores = stores;
        this.api = stores.first().api();
        this.streams = streams;
        this.letters = letters;
        this.consumers = new StreamConsumers(stores);
        this.metrics = metrics;
        this.beforeAck = beforeAck;
        this.next = "$JS.API.CONSUMER.MSG.NEXT." + streams.advisories() + "." + streams.consumer();
        this.request = ("{\"batch\":1,\"expires\":" + PATIENCE.toNanos() + "}").getBytes(StandardCharsets.US_ASCII);
        this.connection = stores.first().connection();
        this.dispatcher = connection.createDispatcher();
    }

    /** The streams must be there. */
    public void start() {
        context.runOnContext(v -> {
            for (int i = 0; i < LANES; i++) {
                new Lane().pull();
            }
        });
    }

    /** Takes no more advisories. What is under way is finished, or taken up by another node. */
    public void close() {
        closed = true;
        if (dispatcher.isActive()) {
            connection.closeDispatcher(dispatcher);
        }
    }

    /**
     * Asks for one advisory at a time. It has an inbox of its own, because what a consumer delivers comes under the subject that it was
     * stored with, by which no request is recognised. Confined to the context.
     */
    private final class Lane {
        private final String inbox = connection.createInbox();
        private long question;

        Lane() {
            dispatcher.subscribe(inbox, message -> context.runOnContext(v -> received(message)));
        }

        void pull() {
            if (closed) {
                return;
            }
            long mine = ++question;
            try {
                connection.publish(next, inbox, request);
            } catch (IllegalStateException e) {
                failed("not connected");
                return;
            }
            vertx.timer(PATIENCE.plus(TIMEOUT).toMillis(), TimeUnit.MILLISECONDS)
                    .onComplete(v -> {
                        if (mine == question) {
                            failed("no answer");
                        }
                    });
        }

        private void received(Message message) {
            question++;
            if (!message.isStatusMessage()) {
                capture(message).onComplete(done -> pull());
            } else if (message.getStatus().getCode() == NOTHING_THERE) {
                pull();
            } else {
                failed(message.getStatus().getMessageWithCode());
            }
        }

        /** The server is away, or somebody removed what we need. */
        private void failed(String reason) {
            if (closed) {
                return;
            }
            long mine = ++question;
            log.atDebug().addKeyValue("reason", reason).log("No advisories to be had");
            vertx.timer(RETRY_MILLIS, TimeUnit.MILLISECONDS)
                    .compose(v -> ensured())
                    .onComplete(v -> {
                        if (mine == question) {
                            pull();
                        }
                    });
        }
    }

    /** One attempt at a time for all lanes. */
    private Future<Void> ensured() {
        Future<Void> attempt = ensuring;
        if (attempt == null || attempt.isComplete()) {
            attempt = streams.ensure();
            ensuring = attempt;
        }
        return attempt;
    }

    /** Never fails. */
    private Future<Void> capture(Message message) {
        Advisory advisory;
        try {
            advisory = Advisory.parse(message.getData());
        } catch (IllegalArgumentException e) {
            log.atWarn().setCause(e).log("Passing over what is no advisory of a consumer");
            metrics.unattributed();
            return acknowledge(message).otherwiseEmpty();
        }
        return streamOf(advisory)
                .compose(events -> letter(events, advisory)
                        .compose(letter ->
                                letter == null ? nobodys(advisory) : store(events, advisory, letter, message)))
                .compose(stored -> beforeAck.get())
                .compose(v -> acknowledge(message))
                .recover(failure -> {
                    log.atWarn()
                            .addKeyValue("consumer", advisory.consumer())
                            .addKeyValue("sequence", advisory.sequence())
                            .setCause(failure)
                            .log("A failed event is no dead letter yet; trying again");
                    return refuse(message);
                });
    }

    /** A stream that another node made, and this one has not opened yet, is heard of in a moment. */
    private Future<EventStore> streamOf(Advisory advisory) {
        EventStore events = stores.named(advisory.stream());
        return events == null
                ? Future.failedFuture(new PlatformException(new AvailabilityError.EventStoreUnavailable()))
                : Future.succeededFuture(events);
    }

    private Future<Void> store(EventStore events, Advisory advisory, DeadLetter letter, Message message) {
        String key = LetterKeys.captured(events.epoch(), advisory.stream(), advisory.consumer(), advisory.sequence());
        // Beyond the stream's own memory of keys it has to be looked for.
        boolean old = advisory.at().plus(streams.window().dividedBy(2)).isBefore(Instant.now());
        boolean repeated = message.metaData().deliveredCount() > 1;
        Future<Boolean> known =
                old && repeated ? letters.has(letter, key, advisory.at()) : Future.succeededFuture(false);
        return known.compose(there -> there ? Future.succeededFuture(false) : letters.add(letter, key))
                .map(added -> {
                    if (added) {
                        metrics.captured(letter.reason());
                    }
                    return null;
                });
    }

    private Future<Void> nobodys(Advisory advisory) {
        metrics.unattributed();
        log.atError()
                .addKeyValue("consumer", advisory.consumer())
                .addKeyValue("sequence", advisory.sequence())
                .log("A consumer failed on an event of which nothing tells whose it was");
        return Future.succeededFuture();
    }

    private Future<@Nullable DeadLetter> letter(EventStore events, Advisory advisory) {
        return api.message(advisory.stream(), "{\"seq\":" + advisory.sequence() + "}", TIMEOUT)
                .compose(original -> consumers
                        .find(advisory.stream(), advisory.consumer())
                        .map(consumer -> letter(events, advisory, original, consumer)));
    }

    /** Null when neither event nor consumer tells whose it is. */
    private @Nullable DeadLetter letter(
            EventStore events,
            Advisory advisory,
            @Nullable StreamMessage original,
            StreamConsumers.@Nullable Known consumer) {
        StoredEvent event = original == null ? null : event(events, original);
        LetterSubjects.Owner owner = event != null
                ? new LetterSubjects.Owner(event.tenant(), event.project())
                : consumer == null ? null : consumer.owner();
        if (owner == null) {
            return null;
        }
        long most = consumer == null || consumer.maxDeliver() == 0 ? Long.MAX_VALUE : consumer.maxDeliver();
        return new DeadLetter(
                owner.tenant(),
                owner.project(),
                consumer == null ? advisory.consumer() : consumer.name(),
                null,
                advisory.consumer(),
                advisory.reason(),
                advisory.error(),
                // The server counts the delivery that it refused to make, too.
                Math.min(advisory.deliveries(), most),
                advisory.at(),
                new Cursor(events.epoch(), advisory.sequence()),
                event,
                event == null ? Missing.TRIMMED : null,
                original == null ? Map.of() : LetterCodec.plain(original.headers()));
    }

    private @Nullable StoredEvent event(EventStore events, StreamMessage original) {
        try {
            Subjects.Address address = events.subjects().parse(original.subject());
            return events.codec()
                    .decode(
                            original.headers(),
                            original.data(),
                            address,
                            events.epoch(),
                            original.sequence(),
                            original.time());
        } catch (IllegalArgumentException e) {
            log.atWarn()
                    .addKeyValue("sequence", original.sequence())
                    .setCause(e)
                    .log("A consumer failed on a message that is no event");
            return null;
        }
    }

    private Future<Void> acknowledge(Message message) {
        return api.request(replyTo(message), ACK, TIMEOUT).mapEmpty();
    }

    private Future<Void> refuse(Message message) {
        return api.request(replyTo(message), LATER, TIMEOUT).<Void>mapEmpty().otherwiseEmpty();
    }

    private static String replyTo(Message message) {
        String replyTo = message.getReplyTo();
        if (replyTo == null) {
            throw new IllegalStateException("what a consumer delivers can be acknowledged");
        }
        return replyTo;
    }
}
