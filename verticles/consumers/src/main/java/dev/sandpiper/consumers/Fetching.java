package dev.sandpiper.consumers;

import dev.sandpiper.consumers.DeliveryLedger.Noted;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.runtime.events.EventFilter;
import dev.sandpiper.runtime.events.EventFilters;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes events for workers. Waiting is cut into slices, between which the consumer is looked up again: so a pause, a reset or a
 * deletion is in force on every node within one slice, and nothing needs to be announced.
 */
final class Fetching {
    private static final Logger log = LoggerFactory.getLogger(Fetching.class);
    private static final Duration SLICE = Duration.ofSeconds(1);

    /** Between two pulls of which the first came back at once without an event for us. */
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final Vertx vertx;
    private final ConsumerRegistry registry;
    private final ConsumerStream stream;
    private final DeliveryLedger ledger;
    private final EventFilters filters;
    private final Completion completion;
    private final DeliveryTokens tokens;
    private final ConsumerMetrics metrics;

    Fetching(
            Vertx vertx,
            ConsumerRegistry registry,
            ConsumerStream stream,
            DeliveryLedger ledger,
            EventFilters filters,
            Completion completion,
            DeliveryTokens tokens,
            ConsumerMetrics metrics) {
        this.vertx = vertx;
        this.registry = registry;
        this.stream = stream;
        this.ledger = ledger;
        this.filters = filters;
        this.completion = completion;
        this.tokens = tokens;
        this.metrics = metrics;
    }

    /** @param paused whether the consumer gave out nothing because it is paused */
    record Fetched(Consumer consumer, List<Delivery> deliveries, boolean paused) {}

    /**
     * At least one event, if there is one before {@code wait} is over.
     *
     * @param gone whether nobody waits for the answer any more
     */
    Future<Fetched> fetch(Principal who, String name, int batch, Duration wait, BooleanSupplier gone) {
        return new Attempt(who, name, batch, System.nanoTime() + wait.toNanos(), gone).next();
    }

    /** What there is, or comes within a second; with nothing it may come back at once. */
    Future<Fetched> round(Principal who, String name, int batch) {
        return round(who, name, batch, SLICE);
    }

    private Future<Fetched> round(Principal who, String name, int batch, Duration wait) {
        return registry.find(who.tenant(), who.project(), name).compose(consumer -> {
            Permission.require(who, consumer);
            if (consumer.paused()) {
                return Future.succeededFuture(new Fetched(consumer, List.of(), true));
            }
            return stream.pull(consumer, batch, wait, filter(consumer))
                    .compose(pulled -> pulled.isEmpty()
                            ? Future.succeededFuture(List.<Delivery>of())
                            : deliveries(consumer, pulled))
                    .map(found -> new Fetched(consumer, found, false));
        });
    }

    private final class Attempt {
        private final Principal who;
        private final String name;
        private final int batch;
        private final long deadline;
        private final BooleanSupplier gone;

        Attempt(Principal who, String name, int batch, long deadline, BooleanSupplier gone) {
            this.who = who;
            this.name = name;
            this.batch = batch;
            this.deadline = deadline;
            this.gone = gone;
        }

        Future<Fetched> next() {
            long begun = System.nanoTime();
            return round(who, name, batch, least(SLICE, left()))
                    .compose(fetched -> fetched.deliveries().isEmpty()
                            ? again(fetched, begun, fetched.paused() ? SLICE : PAUSE)
                            : Future.succeededFuture(fetched));
        }

        /** Another round, no sooner than {@code pace} after the last one began; or what was found, when time is over. */
        private Future<Fetched> again(Fetched found, long begun, Duration pace) {
            if (left().isZero() || gone.getAsBoolean()) {
                return Future.succeededFuture(found);
            }
            long rest = pace.toNanos() - (System.nanoTime() - begun);
            long millis = TimeUnit.NANOSECONDS.toMillis(Math.min(Math.max(rest, 0), left().toNanos()));
            return millis == 0
                    ? next()
                    : vertx.timer(millis, TimeUnit.MILLISECONDS).compose(fired -> next());
        }

        private Duration left() {
            return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
        }
    }

    private @Nullable Supplier<EventFilter> filter(Consumer consumer) {
        String expression = consumer.spec().filter();
        return expression == null ? null : () -> filters.compile(expression);
    }

    private Future<List<Delivery>> deliveries(Consumer consumer, List<PulledEvent> pulled) {
        return ledger.note(consumer, pulled)
                .onFailure(failure ->
                        giveBack(pulled.stream().map(PulledEvent::reply).toList(), SLICE))
                .map(noted -> sorted(consumer, pulled, noted));
    }

    private List<Delivery> sorted(Consumer consumer, List<PulledEvent> pulled, Map<Long, Noted> noted) {
        List<Delivery> deliveries = new ArrayList<>(pulled.size());
        for (PulledEvent event : pulled) {
            Noted entry = noted.remove(event.event().sequence());
            if (entry == null) {
                // Paused, reset or deleted since the events were asked for.
                giveBack(List.of(event.reply()), Duration.ZERO);
            } else if (entry.decided() != null) {
                completion
                        .finish(entry.decided())
                        .onSuccess(done -> metrics.recovered.increment())
                        .onFailure(Fetching::later);
            } else {
                metrics.delivered.increment();
                if (entry.claim().delivery() > 1) {
                    metrics.redelivered.increment();
                }
                deliveries.add(new Delivery(tokens.encode(consumer, entry.claim()), entry.claim(), event.event()));
            }
        }
        return deliveries;
    }

    private void giveBack(List<String> replies, Duration delay) {
        // When this fails, JetStream delivers the events again after the time that a worker would have had.
        replies.forEach(reply -> stream.refuse(reply, delay).onFailure(Fetching::later));
    }

    private static void later(Throwable failure) {
        String reason =
                failure instanceof PlatformException known ? known.error().code() : String.valueOf(failure);
        log.atWarn().addKeyValue("reason", reason).log("A consumer's event is put right later");
    }

    private static Duration least(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
