package dev.sandpiper.consumers;

import dev.sandpiper.consumers.DeliveryLedger.Decision;
import dev.sandpiper.consumers.Fetching.Fetched;
import dev.sandpiper.domain.ConnectionEnd;
import dev.sandpiper.domain.ConsumerError;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.CursorCodec;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.protocol.PayloadLimit;
import dev.sandpiper.runtime.audit.AuditOrigin;
import dev.sandpiper.runtime.events.EventFilters;
import dev.sandpiper.runtime.events.Publisher;
import dev.sandpiper.runtime.events.StartPosition;
import dev.sandpiper.runtime.nats.EventStore;
import dev.sandpiper.runtime.nats.EventStores;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Durable consumers, as a node serves them. Nodes share everything but this object, and none of them owns a consumer. Methods
 * complete on the caller's context and fail with a {@link PlatformException}; call them on an event loop.
 */
public final class ConsumerService {
    private static final Logger log = LoggerFactory.getLogger(ConsumerService.class);

    /** What nobody touched for so long has been left by whoever decided it. */
    static final Duration UNTOUCHED = Duration.ofSeconds(3);

    private static final String ADMISSION_KEY = "sp-output";

    private static final int DURABLE_BYTES = 13;

    private final Vertx vertx;
    private final ConsumerRegistry registry;
    private final ConsumerStream stream;
    private final DeliveryLedger ledger;
    private final EventStores stores;
    private final EventFilters filters;
    private final DeliveryTokens tokens;
    private final Admission admission;
    private final ConsumersConfig config;
    private final Fetching fetching;
    private final Decisions decisions;
    private final Housekeeping housekeeping;
    private final OpenStreams streams = new OpenStreams();
    private final SecureRandom random = new SecureRandom();
    private volatile boolean stopping;

    /**
     * What consumers are made of.
     *
     * @param admission lets an event through, or fails, as the publisher would, and publishes nothing
     * @param dedupeWindow how long the event stream recognises a repeated key
     */
    public record Parts(
            ConsumerRegistry registry,
            ConsumerStream stream,
            DeliveryLedger ledger,
            EventStores stores,
            EventFilters filters,
            Publisher publisher,
            Admission admission,
            DeliveryTokens tokens,
            CursorCodec cursors,
            Duration dedupeWindow) {}

    public ConsumerService(Vertx vertx, Parts parts, ConsumersConfig config, MeterRegistry meters) {
        this.vertx = vertx;
        this.registry = parts.registry();
        this.stream = parts.stream();
        this.ledger = parts.ledger();
        this.stores = parts.stores();
        this.filters = parts.filters();
        this.tokens = parts.tokens();
        this.admission = parts.admission();
        this.config = config;
        var metrics = new ConsumerMetrics(meters);
        var completion = new Completion(
                stream, ledger, parts.publisher(), tokens, parts.cursors(), parts.dedupeWindow(), metrics);
        this.fetching = new Fetching(vertx, registry, stream, ledger, filters, completion, tokens, metrics);
        this.decisions = new Decisions(ledger, stream, completion, metrics);
        this.housekeeping = new Housekeeping(vertx, registry, stream, ledger, completion, config, metrics);
    }

    public void start() {
        housekeeping.start();
    }

    /** Waiting fetches are answered within a second. */
    public void drain() {
        stopping = true;
    }

    public Future<Void> stop() {
        stopping = true;
        return housekeeping.stop();
    }

    /** Does at once what is done every second, and carries out every decision that nobody touched for so long. */
    Future<Void> tidy(Duration untouched) {
        return housekeeping.tidy(untouched);
    }

    /** What there is to tell about a consumer. */
    record Description(
            Consumer consumer,
            ConsumerState state,
            @Nullable Instant oldestUnacked) {}

    Future<Description> create(Principal who, ConsumerSpec spec, StartPosition start, AuditOrigin by) {
        Permission.requireTopics(who, spec);
        return compiled(spec.filter()).compose(valid -> begin(who, start)).compose(begin -> {
            var consumer = new Consumer(
                    who.tenant(),
                    who.project(),
                    durable(),
                    spec,
                    begin,
                    false,
                    Instant.now().truncatedTo(ChronoUnit.MICROS));
            return registry.create(consumer, config.allowance(), by)
                    .compose(created -> stream.ensure(consumer)
                            // Where it begins is decided and noted: whoever uses it first makes it.
                            .recover(away -> Future.succeededFuture())
                            .compose(made -> describe(consumer)));
        });
    }

    Future<Description> find(Principal who, String name) {
        return named(who, name).compose(this::describe);
    }

    /** The next page begins after the given name. */
    Future<ConsumerPage> list(Principal who, int limit, @Nullable String after) {
        return registry.list(who.tenant(), who.project(), limit, after)
                .map(page -> new ConsumerPage(
                        page.items().stream()
                                .filter(consumer -> Permission.covers(who, consumer))
                                .toList(),
                        page.next()));
    }

    Future<List<Description>> describe(List<Consumer> consumers) {
        return Future.join(consumers.stream().map(this::describe).toList()).map(joined -> joined.list());
    }

    Future<Void> delete(Principal who, String name, AuditOrigin by) {
        return named(who, name)
                .compose(mine -> registry.delete(who.tenant(), who.project(), name, by))
                .compose(deleted -> housekeeping.tidy(UNTOUCHED).otherwiseEmpty());
    }

    Future<Description> setPaused(Principal who, String name, boolean paused, AuditOrigin by) {
        return named(who, name)
                .compose(mine -> registry.setPaused(who.tenant(), who.project(), name, paused, by))
                .compose(this::describe);
    }

    /** What was not acknowledged is forgotten, and what was is delivered again from there. */
    Future<Description> reset(Principal who, String name, StartPosition start, AuditOrigin by) {
        return named(who, name)
                .compose(mine -> begin(who, start))
                .compose(begin -> registry.reset(who.tenant(), who.project(), name, durable(), begin, by))
                .compose(consumer -> housekeeping
                        .tidy(UNTOUCHED)
                        .otherwiseEmpty()
                        .compose(tidied -> stream.ensure(consumer))
                        .compose(made -> describe(consumer)));
    }

    Future<Fetched> fetch(Principal who, String name, int batch, Duration wait, BooleanSupplier gone) {
        return fetching.fetch(who, ConsumerSpec.requireName(name), batch, wait, () -> stopping || gone.getAsBoolean());
    }

    /** One round for a worker that stays connected: comes back within a second or so, with or without events. */
    Future<Fetched> round(Principal who, String name, int batch) {
        return stopping
                ? Future.failedFuture(new PlatformException(new ConnectionEnd.ShuttingDown(Duration.ZERO)))
                : fetching.round(who, name, batch);
    }

    /** @param open events of deliveries that are with their worker still */
    record Standing(Consumer consumer, Set<Cursor> open) {}

    Future<Standing> standing(Principal who, String name, List<Claim> claims) {
        return named(who, name)
                .compose(consumer -> claims.isEmpty()
                        ? Future.succeededFuture(new Standing(consumer, Set.of()))
                        : ledger.open(consumer, claims).map(open -> new Standing(consumer, open)));
    }

    OpenStreams streams() {
        return streams;
    }

    /** For deliveries whose receiver has gone: they go to another at once. */
    void giveBack(Fetched fetched) {
        giveBack(
                fetched.consumer(),
                fetched.deliveries().stream().map(Delivery::claim).toList());
    }

    /** Likewise. */
    void giveBack(Consumer consumer, List<Claim> claims) {
        if (!claims.isEmpty()) {
            decisions
                    .refuse(consumer, claims, Duration.ZERO)
                    .onFailure(failure -> log.atWarn()
                            .addKeyValue("consumer", consumer.name())
                            .log("Deliveries of a worker that has gone wait for the end of its time"));
        }
    }

    /** @param outputs to be published, a JSON array; null for none */
    Future<List<Outcome>> acknowledge(
            Principal who, String name, List<String> held, byte @Nullable [] outputs, PayloadLimit payload) {
        if (outputs != null) {
            who.require(Scope.EVENTS_PUBLISH);
            Outputs.check(outputs, payload);
        }
        return decide(who, name, held, DeliveryLedger.Kind.ACK, null, outputs);
    }

    Future<List<Outcome>> decide(
            Principal who,
            String name,
            List<String> held,
            DeliveryLedger.Kind kind,
            @Nullable String reason,
            byte @Nullable [] outputs) {
        return admitted(who, outputs)
                .compose(fit -> stores.of(who.tenant()))
                .map(store -> new Decision(
                        kind, reason, outputs, who.key().value(), store.state().lastSequence()))
                .compose(decision ->
                        ending(who, name, held, (consumer, claims) -> decisions.decide(consumer, claims, decision)));
    }

    /** What was decided must be possible: an output that its topic refuses is refused before. */
    private Future<Void> admitted(Principal who, byte @Nullable [] outputs) {
        if (outputs == null) {
            return Future.succeededFuture();
        }
        return Future.join(Outputs.parse(outputs).stream()
                        .map(output -> admission.check(output.command(who, ADMISSION_KEY)))
                        .toList())
                .mapEmpty();
    }

    /** @param delay null for the consumer's own backoff */
    Future<List<Outcome>> refuse(Principal who, String name, List<String> held, @Nullable Duration delay) {
        return ending(who, name, held, (consumer, claims) -> decisions.refuse(consumer, claims, delay));
    }

    Future<List<Outcome>> prolong(Principal who, String name, List<String> held) {
        return with(who, name, held, decisions::prolong);
    }

    private interface Word {
        Future<List<Outcome>> on(Consumer consumer, List<Claim> claims);
    }

    /** For words after which the worker has room for something else. */
    private Future<List<Outcome>> ending(Principal who, String name, List<String> held, Word word) {
        return with(
                who,
                name,
                held,
                (consumer, claims) -> word.on(consumer, claims)
                        .onSuccess(outcomes -> streams.settled(consumer.durable(), over(claims, outcomes))));
    }

    private static List<Claim> over(List<Claim> claims, List<Outcome> outcomes) {
        List<Claim> over = new ArrayList<>(claims.size());
        for (int i = 0; i < claims.size(); i++) {
            PlatformError error = outcomes.get(i).error();
            if (error == null
                    || error instanceof ConsumerError.StaleDelivery
                    || error instanceof ConsumerError.DeliveryExpired) {
                over.add(claims.get(i));
            }
        }
        return over;
    }

    /** Tokens that are none get their own outcome; they do not spoil the others. */
    private Future<List<Outcome>> with(Principal who, String name, List<String> held, Word word) {
        return named(who, name).compose(consumer -> {
            Set<Cursor> seen = new HashSet<>();
            List<Claim> claims = held.stream()
                    .map(token -> claim(consumer, token))
                    .filter(claim -> claim != null)
                    .toList();
            for (Claim claim : claims) {
                if (!seen.add(claim.source())) {
                    throw new PlatformException(
                            new RequestError.InvalidParameter("tokens", "has two for the same event"));
                }
            }
            Future<List<Outcome>> known =
                    claims.isEmpty() ? Future.succeededFuture(List.of()) : word.on(consumer, claims);
            return known.map(outcomes -> merged(consumer, held, outcomes));
        });
    }

    private List<Outcome> merged(Consumer consumer, List<String> held, List<Outcome> outcomes) {
        var next = outcomes.iterator();
        return held.stream()
                .map(token -> claim(consumer, token) == null
                        ? Outcome.refused(new ConsumerError.InvalidDeliveryToken())
                        : next.next())
                .toList();
    }

    private @Nullable Claim claim(Consumer consumer, String token) {
        try {
            return tokens.decode(consumer, token);
        } catch (PlatformException e) {
            return null;
        }
    }

    private Future<Consumer> named(Principal who, String name) {
        return registry.find(who.tenant(), who.project(), ConsumerSpec.requireName(name))
                .map(consumer -> Permission.require(who, consumer));
    }

    private Future<Description> describe(Consumer consumer) {
        return stream.state(consumer)
                .compose(state -> ledger.oldestOpen(consumer).map(oldest -> new Description(consumer, state, oldest)));
    }

    /** Asks the stream's leader: a consumer that begins live misses nothing that was acknowledged after it was asked for. */
    private Future<ConsumerStart> begin(Principal who, StartPosition start) {
        return stores.of(who.tenant()).compose(EventStore::refresh).map(state -> switch (start) {
            case StartPosition.Live live -> new ConsumerStart(new Cursor(state.epoch(), state.lastSequence()), null);
            case StartPosition.From from -> new ConsumerStart(new Cursor(state.epoch(), 0), from.time());
            case StartPosition.After after -> {
                if (after.cursor().epoch() != state.epoch() && after.cursor().sequence() > 0) {
                    throw new PlatformException(new RequestError.InvalidCursor());
                }
                yield new ConsumerStart(after.cursor(), null);
            }
            case StartPosition.Newest newest ->
                throw new PlatformException(new RequestError.InvalidParameter("start", "cannot be a number of events"));
        });
    }

    private Future<Void> compiled(@Nullable String filter) {
        if (filter == null) {
            return Future.succeededFuture();
        }
        return vertx.executeBlocking(() -> filters.compile(filter), false).mapEmpty();
    }

    /** No name that was used before: acknowledgements of another life must not meet this one. */
    private String durable() {
        byte[] bits = new byte[DURABLE_BYTES];
        random.nextBytes(bits);
        return "c_" + HexFormat.of().formatHex(bits);
    }
}
