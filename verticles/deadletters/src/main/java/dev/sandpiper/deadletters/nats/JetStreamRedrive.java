package dev.sandpiper.deadletters.nats;

import dev.sandpiper.deadletters.ConsumerRedrive;
import dev.sandpiper.deadletters.DeadLetter;
import dev.sandpiper.deadletters.DeadLettersConfig;
import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.runtime.nats.EventStore;
import dev.sandpiper.runtime.nats.EventStores;
import dev.sandpiper.runtime.nats.Subjects;
import io.nats.client.impl.Headers;
import io.vertx.core.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Stores the event once more in the event stream, on a subject that only its consumer asks for. It keeps its id and gets a new
 * cursor; it is neither live nor in its topic's history, and goes when a letter would have.
 */
public final class JetStreamRedrive implements ConsumerRedrive {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final EventStores stores;
    private final StreamConsumers consumers;
    private final Duration lifetime;

    public JetStreamRedrive(EventStores stores, DeadLettersConfig config) {
        this.stores = stores;
        this.consumers = new StreamConsumers(stores);
        this.lifetime = config.maxAge();
    }

    @Override
    public Future<Void> redrive(DeadLetter letter, String key) {
        StoredEvent event = letter.event();
        String durable = letter.durable();
        if (event == null || durable == null) {
            return refused(letter);
        }
        return stores.of(letter.tenant()).compose(store -> redrive(store, letter, event, durable, key));
    }

    private Future<Void> redrive(EventStore store, DeadLetter letter, StoredEvent event, String durable, String key) {
        return consumer(store, letter, durable).compose(consumer -> {
            Subjects subjects = store.subjects();
            if (consumer == null
                    || !consumer.filters()
                            .contains(subjects.redrivenFilter(letter.tenant(), letter.project(), consumer.durable()))) {
                return refused(letter);
            }
            return store.api()
                    .append(
                            subjects.redriven(letter.tenant(), letter.project(), consumer.durable(), event.topic()),
                            headers(store, event, key),
                            event.data(),
                            TIMEOUT)
                    .<Void>mapEmpty()
                    .recover(JetStreamLetters::translate);
        });
    }

    /** A consumer that was reset since has another name on the stream. */
    private Future<StreamConsumers.@Nullable Known> consumer(EventStore store, DeadLetter letter, String durable) {
        String stream = store.subjects().stream();
        var owner = new LetterSubjects.Owner(letter.tenant(), letter.project());
        return consumers
                .find(stream, durable)
                .compose(found -> found == null
                        ? consumers.named(stream, owner, letter.consumer())
                        : Future.<StreamConsumers.@Nullable Known>succeededFuture(found));
    }

    private Headers headers(EventStore store, StoredEvent event, String key) {
        Headers headers = store.codec().metadata(event);
        // The stream compares these ids over all tenants.
        headers.put(
                "Nats-Msg-Id", event.tenant().value() + "/" + event.project().value() + "/" + key);
        if (!lifetime.isZero()) {
            headers.put("Nats-TTL", Math.max(1, lifetime.toSeconds()) + "s");
        }
        return headers;
    }

    private static Future<Void> refused(DeadLetter letter) {
        return Future.failedFuture(new PlatformException(new ConflictError.ConsumerNotRedrivable(letter.consumer())));
    }
}
