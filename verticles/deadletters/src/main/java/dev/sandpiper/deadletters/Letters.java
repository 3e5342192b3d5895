package dev.sandpiper.deadletters;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.events.DeadLetters;
import dev.sandpiper.runtime.events.Publisher;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What can be done with dead letters. A letter that was sent again or discarded is gone; one that could not be is still there,
 * so nothing is lost whenever a node dies on the way. Sending again twice is recognised by the letter's position.
 */
public final class Letters implements DeadLetters {
    private static final Duration NO_HURRY = Duration.ofSeconds(25);
    private static final Duration STEP = Duration.ofSeconds(5);

    private final LetterStore store;
    private final ConsumerRedrive consumers;
    private final Publisher publisher;
    private final LetterMetrics metrics;
    private final InstantSource clock;

    public Letters(
            LetterStore store,
            ConsumerRedrive consumers,
            Publisher publisher,
            LetterMetrics metrics,
            InstantSource clock) {
        this.store = store;
        this.consumers = consumers;
        this.publisher = publisher;
        this.metrics = metrics;
        this.clock = clock;
    }

    @Override
    public Future<Void> report(StoredEvent event, String feature, String consumer, int attempts, String lastError) {
        var letter = new DeadLetter(
                event.tenant(),
                event.project(),
                consumer,
                feature,
                null,
                Reason.UNPROCESSABLE,
                lastError,
                attempts,
                clock.instant(),
                event.cursor(),
                event,
                null,
                Map.of());
        return store.add(letter, LetterKeys.reported(event, feature, consumer)).map(added -> {
            if (added) {
                metrics.captured(Reason.UNPROCESSABLE);
            }
            return null;
        });
    }

    /** Which incarnation of the store positions belong to. */
    int epoch() {
        return store.epoch();
    }

    /** Null when there is no such letter of this project (any more). */
    Future<@Nullable StoredLetter> read(TenantId tenant, ProjectId project, Cursor position) {
        return store.read(tenant, project, position);
    }

    /**
     * Hands letters to a receiver, which need not keep them.
     *
     * @return where the next page begins; null when there is none
     */
    Future<@Nullable Long> page(LetterFilter filter, long after, int limit, Consumer<StoredLetter> receiver) {
        return LetterWalk.over(store, filter, after, limit, NO_HURRY, letter -> {
            receiver.accept(letter);
            return Future.succeededFuture(true);
        });
    }

    /**
     * Sends a letter's event again, and removes the letter. Call on an event loop. Fails with {@code DEAD_LETTER_INCOMPLETE},
     * {@code CONSUMER_NOT_REDRIVABLE} or as publishing does; the letter is still there then.
     */
    Future<Redriven> redrive(StoredLetter stored, RedriveTarget to) {
        DeadLetter letter = stored.letter();
        StoredEvent event = letter.event();
        Missing missing = letter.missing();
        if (event == null || missing != null) {
            String why = missing == null ? Missing.TRIMMED.wireName() : missing.wireName();
            return Future.failedFuture(new PlatformException(new ConflictError.DeadLetterIncomplete(why)));
        }
        String key = "dead-letter:" + store.epoch() + ":" + stored.sequence();
        Future<Redriven> sent = switch (to) {
            case CONSUMER -> consumers.redrive(letter, key).map(done -> new Redriven(to, null));
            case TOPIC -> publisher.publish(command(event, key)).map(receipt -> new Redriven(to, receipt));
        };
        return sent.compose(redriven -> store.remove(stored).map(redriven)).onSuccess(done -> metrics.redriven(to));
    }

    /** Sends the events of many letters again, in the order of the letters, for some seconds at most. */
    Future<Swept> redrive(LetterFilter filter, long after, int limit, RedriveTarget to) {
        return sweep(filter, after, limit, letter -> redrive(letter, to).mapEmpty());
    }

    /** Removes a letter for good. Completes with false when it was gone already. */
    Future<Boolean> discard(StoredLetter letter) {
        return store.remove(letter).onSuccess(removed -> {
            if (removed) {
                metrics.discarded();
            }
        });
    }

    /** Removes many letters for good, for some seconds at most. */
    Future<Swept> discard(LetterFilter filter, long after, int limit) {
        return sweep(filter, after, limit, letter -> discard(letter).mapEmpty());
    }

    /** Ends early when nothing can be done at the moment: what was done is told, and where to go on. */
    private Future<Swept> sweep(
            LetterFilter filter, long after, int limit, Function<StoredLetter, Future<Void>> action) {
        var tally = new Tally();
        return LetterWalk.over(
                        store,
                        filter,
                        after,
                        limit,
                        STEP,
                        letter ->
                                action.apply(letter).map(tally::done).recover(failure -> tally.failed(letter, failure)))
                .compose(next -> next == null
                        ? Future.succeededFuture(tally.swept(0, null))
                        : store.count(filter, next).map(remaining -> tally.swept(remaining, next)));
    }

    /** Of the class that the topic's rule says today. */
    private static PublishCommand command(StoredEvent event, String key) {
        return new PublishCommand(
                event.tenant(),
                event.project(),
                event.topic(),
                event.event(),
                event.data(),
                event.contentType(),
                event.headers(),
                key,
                event.sender(),
                null,
                null);
    }

    /** What became of the letters so far. */
    private static final class Tally {
        private final List<Swept.Failure> failed = new ArrayList<>();
        private int done;

        Boolean done(@Nullable Void nothing) {
            done++;
            return true;
        }

        /** An error that will pass ends the walk, or fails it when nothing was done; others are of this letter alone. */
        Future<Boolean> failed(StoredLetter letter, Throwable failure) {
            if (!(failure instanceof PlatformException known)) {
                return Future.failedFuture(failure);
            }
            if (known.error() instanceof AvailabilityError) {
                return done == 0 && failed.isEmpty() ? Future.failedFuture(failure) : Future.succeededFuture(false);
            }
            failed.add(new Swept.Failure(letter, known.error()));
            return Future.succeededFuture(true);
        }

        Swept swept(long remaining, @Nullable Long next) {
            return new Swept(done, failed, remaining, next);
        }
    }
}
