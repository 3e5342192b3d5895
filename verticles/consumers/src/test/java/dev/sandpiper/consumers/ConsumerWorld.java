package dev.sandpiper.consumers;

import dev.sandpiper.consumers.DeliveryLedger.Kind;
import dev.sandpiper.consumers.nats.JetStreamConsumers;
import dev.sandpiper.consumers.postgres.PostgresConsumers;
import dev.sandpiper.consumers.postgres.PostgresLedger;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.CursorCodec;
import dev.sandpiper.domain.KeyId;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.domain.TopicPattern;
import dev.sandpiper.protocol.PublishBody;
import dev.sandpiper.publisher.JetStreamPublisher;
import dev.sandpiper.publisher.PublisherConfig;
import dev.sandpiper.runtime.audit.AuditOrigin;
import dev.sandpiper.runtime.audit.AuditTrail;
import dev.sandpiper.runtime.auth.ApiKeys;
import dev.sandpiper.runtime.auth.AuthConfig;
import dev.sandpiper.runtime.config.Secret;
import dev.sandpiper.runtime.config.Settings;
import dev.sandpiper.runtime.events.StartPosition;
import dev.sandpiper.runtime.nats.EventStore;
import dev.sandpiper.runtime.nats.EventStores;
import dev.sandpiper.runtime.nats.NatsConfig;
import dev.sandpiper.runtime.postgres.Database;
import dev.sandpiper.runtime.postgres.PostgresConfig;
import dev.sandpiper.testkit.NatsFixture;
import dev.sandpiper.testkit.PostgresFixture;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A project on a real nats-server and PostgreSQL, and any number of nodes that serve its consumers. */
final class ConsumerWorld implements AutoCloseable {
    static final AuditOrigin BY = AuditOrigin.system("test");
    static final TenantId TENANT = new TenantId("acme");
    static final ProjectId PROJECT = new ProjectId("prod");
    static final Principal WORKER = new Principal(
            TENANT, PROJECT, new KeyId("worker0000000000"), Set.of(Scope.EVENTS_SUBSCRIBE, Scope.EVENTS_PUBLISH));

    private static final String SECRET = "a secret of thirty-two characters, or more";

    final Vertx vertx = Vertx.vertx();
    final Context loop = vertx.getOrCreateContext();
    final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    final EventStore store;
    final Database database;
    final ConsumerRegistry registry;
    final DeliveryLedger ledger;
    final ConsumerStream stream;
    private final JetStreamPublisher publisher;
    private final Duration dedupeWindow;

    ConsumerWorld(NatsFixture nats, Map<String, String> more) throws Exception {
        Map<String, String> settings = new HashMap<>(more);
        settings.put("SANDPIPER_NATS_URL", nats.url());
        settings.put("SANDPIPER_NATS_NAMESPACE", nats.namespace());
        settings.put(
                "SANDPIPER_DATABASE_URL",
                PostgresFixture.shared().createDatabase().url());
        settings.put("SANDPIPER_DATABASE_CONNECT_TIMEOUT", "20s");
        settings.put("SANDPIPER_DATABASE_QUERY_TIMEOUT", "20s");
        var read = new Settings(settings::get);
        NatsConfig natsConfig = NatsConfig.from(read);
        dedupeWindow = natsConfig.dedupeWindow();
        database = Database.open(vertx, PostgresConfig.from(read), metrics);
        store = await(EventStore.open(vertx, natsConfig, metrics));
        publisher = await(JetStreamPublisher.open(vertx, store, PublisherConfig.from(read), metrics));
        var keys = new ApiKeys(vertx, database, AuthConfig.from(read), new Secret(SECRET));
        read.check();
        await(keys.createTenant(TENANT, "Acme", "free"));
        await(keys.createProject(TENANT, PROJECT, "Prod"));
        registry = new PostgresConsumers(database, AuditTrail.NONE);
        ledger = new PostgresLedger(database);
        stream = new JetStreamConsumers(vertx, store);
    }

    static ConsumerWorld shared(Map<String, String> settings) throws Exception {
        return new ConsumerWorld(NatsFixture.shared(), settings);
    }

    /** A node of its own, which nothing keeps tidy by itself. */
    ConsumerService node(Mortality mortality) {
        return node(mortality, dedupeWindow);
    }

    /** @param byPlan the consumers that a project may have by its tenant's plan */
    ConsumerService node(Map<String, Integer> byPlan) {
        return node(Mortality.IMMORTAL, dedupeWindow, byPlan);
    }

    /** @param dedupeWindow what it takes for the stream's */
    ConsumerService node(Mortality mortality, Duration dedupeWindow) {
        return node(mortality, dedupeWindow, Map.of());
    }

    private ConsumerService node(Mortality mortality, Duration dedupeWindow, Map<String, Integer> byPlan) {
        byte[] secret = SECRET.getBytes(StandardCharsets.UTF_8);
        return new ConsumerService(
                vertx,
                new ConsumerService.Parts(
                        registry,
                        mortality.of(stream),
                        mortality.of(ledger),
                        EventStores.of(store),
                        expression -> event -> true,
                        mortality.of(publisher),
                        command -> Future.succeededFuture(),
                        new DeliveryTokens(secret),
                        new CursorCodec(secret),
                        dedupeWindow),
                new ConsumersConfig(new ConsumersConfig.Allowance(100, byPlan), Duration.ofMinutes(10)),
                new SimpleMeterRegistry());
    }

    void create(ConsumerService node, String name, String topic, Duration ackWait, boolean ordered) {
        var spec =
                new ConsumerSpec(name, List.of(new TopicPattern(topic)), null, ackWait, 1_000, List.of(), 100, ordered);
        call(() -> node.create(WORKER, spec, new StartPosition.After(new Cursor(0, 0)), BY));
    }

    PublishReceipt publish(String topic, String data) {
        return publish(topic, data, null);
    }

    PublishReceipt publishKeyed(String topic, String data) {
        return publish(topic, data, "the key of " + topic);
    }

    private PublishReceipt publish(String topic, String data, @Nullable String key) {
        byte[] body = ("{\"topic\":\"" + topic + "\",\"data\":" + data + "}").getBytes(StandardCharsets.UTF_8);
        return call(
                () -> publisher.publish(PublishBody.parse(body, 0, body.length).command(WORKER, key)));
    }

    Consumer find(String name) {
        return call(() -> registry.find(TENANT, PROJECT, name));
    }

    ConsumerState state(ConsumerService node, String name) {
        return call(() -> node.find(WORKER, name)).state();
    }

    List<Delivery> fetch(ConsumerService node, String name, int batch, Duration wait) {
        return call(() -> node.fetch(WORKER, name, batch, wait, () -> false)).deliveries();
    }

    /** The error's code, or {@code done}. */
    String acknowledge(ConsumerService node, String name, String token, @Nullable String outputs) {
        byte[] publish = outputs == null ? null : outputs.getBytes(StandardCharsets.UTF_8);
        try {
            Outcome outcome = call(() -> node.decide(WORKER, name, List.of(token), Kind.ACK, null, publish))
                    .getFirst();
            return outcome.error() == null ? "done" : outcome.error().code();
        } catch (PlatformException e) {
            return e.error().code();
        }
    }

    /** Data of every event of a topic, oldest first. */
    List<String> stored(String topic) {
        String subject = store.subjects().stored(TENANT, PROJECT, new Topic(topic));
        List<String> found = new ArrayList<>();
        long sequence = 1;
        while (true) {
            String question = "{\"seq\":" + sequence + ",\"next_by_subj\":\"" + subject + "\"}";
            try {
                var message = call(() -> store.call(
                                "STREAM.MSG.GET." + store.subjects().stream(), question, Duration.ofSeconds(5)))
                        .path("message");
                found.add(new String(
                        Base64.getDecoder().decode(message.path("data").asText()), StandardCharsets.UTF_8));
                sequence = message.path("seq").asLong() + 1;
            } catch (RuntimeException atTheEnd) {
                return found;
            }
        }
    }

    /** On the event loop, as routes call. */
    <T> T call(Supplier<Future<T>> what) {
        Promise<T> promise = Promise.promise();
        loop.runOnContext(v -> {
            try {
                what.get().onComplete(promise);
            } catch (RuntimeException e) {
                promise.fail(e);
            }
        });
        return await(promise.future());
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.await(30, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("not within 30 seconds", e);
        }
    }

    @Override
    public void close() {
        await(publisher.close().eventually(store::close).eventually(database::close));
        await(vertx.close());
    }
}
