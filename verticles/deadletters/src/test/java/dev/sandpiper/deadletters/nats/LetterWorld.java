package dev.sandpiper.deadletters.nats;

import dev.sandpiper.deadletters.ConsumerRedrive;
import dev.sandpiper.deadletters.DeadLetter;
import dev.sandpiper.deadletters.DeadLettersConfig;
import dev.sandpiper.deadletters.LetterFilter;
import dev.sandpiper.deadletters.LetterMetrics;
import dev.sandpiper.deadletters.Letters;
import dev.sandpiper.deadletters.Reason;
import dev.sandpiper.deadletters.StoredLetter;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.domain.EventIds;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.runtime.config.Settings;
import dev.sandpiper.runtime.nats.ConsumerMetadata;
import dev.sandpiper.runtime.nats.EventStore;
import dev.sandpiper.runtime.nats.EventStores;
import dev.sandpiper.runtime.nats.NatsConfig;
import dev.sandpiper.testkit.Eventually;
import dev.sandpiper.testkit.NatsFixture;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.PublishAck;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An event stream on a real nats-server with consumers that fail, and nodes that capture what they fail on. */
final class LetterWorld implements AutoCloseable {
    static final TenantId TENANT = new TenantId("acme");
    static final ProjectId PROJECT = new ProjectId("shop");
    static final LetterFilter ALL = new LetterFilter(TENANT, PROJECT, null, null, null, null);

    final String url;
    final String namespace;
    final Vertx vertx = Vertx.vertx();
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final EventStore store;
    final DeadLettersConfig config;
    final LetterStreams streams;
    final JetStreamLetters letters;
    final LetterMetrics metrics;
    private final Connection client;
    private final List<AdvisoryCollector> collectors = new ArrayList<>();
    private final EventIds ids = new EventIds(new Random(1));

    private LetterWorld(String url, String namespace, Map<String, String> settings, @Nullable Duration window) {
        this.url = url;
        this.namespace = namespace;
        Map<String, String> all = new HashMap<>();
        all.put("DEAD_LETTERS_TAKEOVER", "1s");
        all.put("DEAD_LETTERS_CHECK_INTERVAL", "100ms");
        all.putAll(settings);
        all.put("NATS_URL", url);
        all.put("NATS_NAMESPACE", namespace);
        var read = new Settings(name -> all.get(name.replace("SANDPIPER_", "")));
        NatsConfig nats = NatsConfig.from(read);
        config = DeadLettersConfig.from(read);
        read.check();
        store = await(EventStore.open(vertx, nats, registry));
        streams = window == null
                ? new LetterStreams(EventStores.of(store), config, nats.replicas())
                : new LetterStreams(EventStores.of(store), config, nats.replicas(), window);
        letters = new JetStreamLetters(store, streams);
        metrics = new LetterMetrics(registry, config.tenantSeries(), Clock.systemUTC());
        await(streams.ensure());
        try {
            client = Nats.connect(url);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    static LetterWorld start() {
        return start(Map.of());
    }

    /** @param settings names without the prefix */
    static LetterWorld start(Map<String, String> settings) {
        NatsFixture nats = NatsFixture.shared();
        return new LetterWorld(nats.url(), nats.namespace(), settings, null);
    }

    /** The stream of letters recognises repetitions for so short a time only. */
    static LetterWorld forgetting(Duration window) {
        NatsFixture nats = NatsFixture.shared();
        return new LetterWorld(nats.url(), nats.namespace(), Map.of(), window);
    }

    /** The same stream, as another process sees it. */
    static LetterWorld joining(String url, String namespace) {
        return new LetterWorld(url, namespace, Map.of(), null);
    }

    /** Begins to capture, as one more node does. */
    AdvisoryCollector collect() {
        return collect(Future::succeededFuture);
    }

    AdvisoryCollector collect(Supplier<Future<Void>> beforeAck) {
        var collector = new AdvisoryCollector(vertx, EventStores.of(store), streams, letters, metrics, beforeAck);
        collectors.add(collector);
        collector.start();
        return collector;
    }

    /** A consumer of everything in the project. */
    Failing consumer(String name, int maxDeliver) {
        return consumer(name, maxDeliver, everything());
    }

    /** Matches all events of the project. */
    String everything() {
        return store.subjects().stored(TENANT, PROJECT, new Topic("x")).replaceFirst("x$", ">");
    }

    Failing consumer(String name, int maxDeliver, String... filters) {
        try {
            ConsumerConfiguration wanted = ConsumerConfiguration.builder()
                    .durable(name)
                    .filterSubjects(filters)
                    .maxDeliver(maxDeliver)
                    .ackWait(Duration.ofMinutes(1))
                    .maxAckPending(10_000)
                    .metadata(metadata(name))
                    .build();
            management().addOrUpdateConsumer(store.subjects().stream(), wanted);
            return new Failing(
                    client.jetStream().subscribe(null, PullSubscribeOptions.bind(store.subjects().stream(), name)));
        } catch (IOException | JetStreamApiException e) {
            throw new AssertionError(e);
        }
    }

    /** What makes consumers {@code billing__1} and {@code billing__2} the same to their tenant. */
    private static Map<String, String> metadata(String durable) {
        int dash = durable.indexOf("__");
        return dash < 0
                ? Map.of()
                : Map.of(
                        ConsumerMetadata.TENANT, TENANT.value(),
                        ConsumerMetadata.PROJECT, PROJECT.value(),
                        ConsumerMetadata.NAME, durable.substring(0, dash));
    }

    /** A worker that takes events and does not get on with them. */
    record Failing(JetStreamSubscription subscription) {
        /** Whether nothing more comes. */
        boolean none() {
            return subscription.fetch(1, Duration.ofMillis(300)).isEmpty();
        }

        List<Message> fetch(int count) {
            List<Message> messages = subscription.fetch(count, Duration.ofSeconds(30));
            if (messages.size() != count) {
                throw new AssertionError("expected " + count + " events, not " + messages.size());
            }
            return messages;
        }

        /** Refuses each of so many events until the server gives up. */
        void giveUp(int count, int maxDeliver) {
            for (int delivery = 0; delivery < maxDeliver; delivery++) {
                fetch(count).forEach(message -> answer(message, "-NAK"));
            }
            // Only when it would deliver once more does the server notice that it must not.
            subscription.fetch(1, Duration.ofMillis(200));
        }

        void terminate(int count, String reason) {
            fetch(count).forEach(message -> answer(message, "+TERM " + reason));
        }

        /** Returns when the server has dealt with it. */
        private static void answer(Message message, String verdict) {
            try {
                Message dealtWith = message.getConnection()
                        .request(
                                message.getReplyTo(), verdict.getBytes(StandardCharsets.UTF_8), Duration.ofSeconds(20));
                if (dealtWith == null) {
                    throw new AssertionError("no answer to " + verdict + " within 20 s");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }
    }

    long publish(String topic, String json) {
        return publish(new PublishCommand(
                TENANT,
                PROJECT,
                new Topic(topic),
                "created",
                json.getBytes(StandardCharsets.UTF_8),
                null,
                null,
                "user-7",
                DeliveryClass.DURABLE));
    }

    /** Returns the event's sequence. */
    long publish(PublishCommand command) {
        try {
            PublishAck ack = client.jetStream()
                    .publish(
                            store.subjects().stored(command.tenant(), command.project(), command.topic()),
                            store.codec().stored(command, ids.next(System.currentTimeMillis())),
                            command.data());
            if (ack.isDuplicate()) {
                throw new AssertionError("the key was used before: " + command.key());
            }
            return ack.getSeqno();
        } catch (IOException | JetStreamApiException e) {
            throw new AssertionError(e);
        }
    }

    JetStreamManagement management() {
        try {
            return client.jetStreamManagement();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    StoredEvent stored(long sequence) {
        return await(store.read(sequence).map(Objects::requireNonNull));
    }

    static StoredEvent event(StoredLetter letter) {
        return Objects.requireNonNull(letter.letter().event());
    }

    /** Where its event was in the stream. */
    static long sequence(StoredLetter letter) {
        return Objects.requireNonNull(letter.letter().cursor()).sequence();
    }

    /** Every letter of the project, the oldest first. */
    List<StoredLetter> kept() {
        return kept(ALL);
    }

    List<StoredLetter> kept(LetterFilter filter) {
        List<StoredLetter> kept = new ArrayList<>();
        for (StoredLetter letter = next(filter, 0); letter != null; letter = next(filter, letter.sequence())) {
            kept.add(letter);
        }
        return kept;
    }

    private @Nullable StoredLetter next(LetterFilter filter, long after) {
        return await(letters.next(filter, after));
    }

    List<StoredLetter> awaitLetters(int count) {
        return Eventually.get(
                count + " letters", Duration.ofSeconds(15), this::kept, letters -> letters.size() >= count);
    }

    LetterFilter all(ProjectId project) {
        return new LetterFilter(TENANT, project, null, null, null, null);
    }

    /** A letter that is not stored yet. */
    DeadLetter letter(ProjectId project, String topic) {
        var event = new StoredEvent(
                TENANT,
                project,
                new Topic(topic),
                ids.next(1),
                "created",
                "1".getBytes(StandardCharsets.UTF_8),
                null,
                null,
                Instant.now(),
                new Cursor(1, 1));
        return new DeadLetter(
                TENANT,
                project,
                "billing",
                null,
                "billing",
                Reason.TERMINATED,
                "broken",
                1,
                Instant.now(),
                event.cursor(),
                event,
                null,
                Map.of());
    }

    /** What features report to. It publishes nothing. */
    Letters service() {
        return new Letters(
                letters,
                redrive(),
                command -> Future.failedFuture(new AssertionError("nothing is to be published")),
                metrics,
                Clock.systemUTC());
    }

    ConsumerRedrive redrive() {
        return new JetStreamRedrive(EventStores.of(store), config);
    }

    void census() {
        var census = new LetterCensus(vertx, store, streams, config, metrics);
        vertx.runOnContext(v -> census.start());
    }

    double gauge(String name, String... tags) {
        Gauge gauge = registry.find(name).tags(tags).gauge();
        return gauge == null ? Double.NaN : gauge.value();
    }

    /** Advisories that nobody has dealt with to the end. */
    long advisories() {
        try {
            return management()
                    .getStreamInfo(streams.advisories())
                    .getStreamState()
                    .getMsgCount();
        } catch (IOException | JetStreamApiException e) {
            throw new AssertionError(e);
        }
    }

    static <T extends @Nullable Object> T await(Future<T> future) {
        try {
            return future.await(20, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("not within 20 s", e);
        }
    }

    @Override
    public void close() {
        collectors.forEach(AdvisoryCollector::close);
        try {
            client.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
        await(store.close());
        await(vertx.close());
    }
}
