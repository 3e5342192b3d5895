package dev.sandpiper.feed;

import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.domain.EventIds;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.runtime.auth.Fence;
import dev.sandpiper.runtime.config.Settings;
import dev.sandpiper.runtime.events.FeedRequest;
import dev.sandpiper.runtime.events.FeedSubscription;
import dev.sandpiper.runtime.events.HistoryPage;
import dev.sandpiper.runtime.events.HistoryRequest;
import dev.sandpiper.runtime.events.StartPosition;
import dev.sandpiper.runtime.nats.EventStore;
import dev.sandpiper.runtime.nats.NatsConfig;
import dev.sandpiper.testkit.NatsFixture;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamOptions;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.api.PublishAck;
import io.nats.client.api.Republish;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.impl.NatsMessage;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A feed on a real nats-server, and a publisher beside it that needs none of ours. */
final class FeedNode implements AutoCloseable {
    static final TenantId TENANT = new TenantId("acme");
    static final ProjectId PROJECT = new ProjectId("shop");
    /** How long opening a subscription may take where that is not what is tried: longer than a busy machine stands still. */
    static final String PATIENT = "8s";

    final Vertx vertx;
    final EventStore store;
    final FeedService feed;
    final Fence fence = new Fence();
    final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    final Connection publisher;
    private final JetStream stream;
    private final List<Context> contexts = new ArrayList<>();
    private final AtomicInteger nextContext = new AtomicInteger();
    private final EventIds ids = new EventIds(new Random(1));

    private FeedNode(String url, String publisherUrl, String namespace, FeedConfig config, Map<String, String> nats) {
        try {
            vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
            Map<String, String> settings = new HashMap<>(nats);
            settings.put("SANDPIPER_NATS_URL", url);
            settings.put("SANDPIPER_NATS_NAMESPACE", namespace);
            store = await(EventStore.open(vertx, NatsConfig.from(new Settings(settings::get)), metrics));
            feed = await(FeedService.start(vertx, store, config, metrics, fence));
            contexts.add(vertx.getOrCreateContext());
            while (contexts.size() < 2) {
                Promise<Context> made = Promise.promise();
                vertx.deployVerticle(new io.vertx.core.VerticleBase() {
                            @Override
                            public Future<?> start() {
                                made.complete(context);
                                return Future.succeededFuture();
                            }
                        })
                        .onFailure(made::tryFail);
                contexts.add(await(made.future()));
            }
            publisher = Nats.connect(Options.builder()
                    .server(publisherUrl)
                    .maxReconnects(-1)
                    .reconnectWait(Duration.ofMillis(20))
                    // What jnats takes for the time limit of an asynchronous publish.
                    .requestCleanupInterval(Duration.ofSeconds(2))
                    .build());
            stream = publisher.jetStream(JetStreamOptions.builder()
                    .requestTimeout(Duration.ofSeconds(3))
                    .build());
        } catch (IOException e) {
            throw new AssertionError("cannot connect", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    static FeedNode start() {
        return start(FeedConfig.defaults());
    }

    static FeedNode start(FeedConfig config) {
        NatsFixture nats = NatsFixture.shared();
        return new FeedNode(nats.url(), nats.url(), nats.namespace(), config, Map.of());
    }

    static FeedNode start(NatsFixture nats, FeedConfig config, Map<String, String> settings) {
        return new FeedNode(nats.url(), nats.url(), nats.namespace(), config, settings);
    }

    static FeedNode behind(String url, NatsFixture nats, FeedConfig config) {
        return new FeedNode(url, nats.url(), nats.namespace(), config, Map.of());
    }

    /** Small bounds, so that few events reach them. */
    static FeedConfig small() {
        return small(8);
    }

    static FeedConfig small(int ringEvents) {
        return config(Map.of(
                "RING_EVENTS",
                Integer.toString(ringEvents),
                "OPEN_TIMEOUT",
                PATIENT,
                "LINGER",
                "200ms",
                "PAGE_EVENTS",
                Integer.toString(Math.max(16, ringEvents)),
                "PAGE_BYTES",
                Integer.toString(1 << 16),
                "REPLAY_CONCURRENCY",
                "2",
                "REPLAY_RATE",
                "1000000",
                "BUFFER_EVENTS",
                "256",
                "MERGE_EVENTS",
                "256",
                "QUEUE_BYTES",
                Integer.toString(512 << 20)));
    }

    /** The defaults but for some settings, named without their prefix. */
    static FeedConfig config(Map<String, String> changes) {
        return FeedConfig.from(new Settings(name -> changes.get(name.replace("SANDPIPER_FEED_", ""))));
    }

    static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        } catch (java.util.concurrent.ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new AssertionError(e);
        } catch (java.util.concurrent.TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    static Topic topic(String name) {
        return new Topic(name);
    }

    Context context() {
        return contexts.get(nextContext.getAndIncrement() % contexts.size());
    }

    Recorder live(Topic... topics) {
        return subscribe(new StartPosition.Live(), topics);
    }

    Recorder subscribe(StartPosition start, Topic... topics) {
        return subscribe(new Recorder(), start, topics);
    }

    Recorder subscribe(Recorder recorder, StartPosition start, Topic... topics) {
        context()
                .runOnContext(v -> recorder.subscription =
                        feed.subscribe(new FeedRequest(TENANT, PROJECT, List.of(topics), start), recorder));
        return recorder;
    }

    void close(Recorder recorder) {
        Promise<Void> closed = Promise.promise();
        vertx.runOnContext(v -> {
            FeedSubscription subscription = recorder.subscription;
            if (subscription != null) {
                subscription.close();
            }
            closed.complete();
        });
        await(closed.future());
    }

    HistoryPage history(HistoryRequest request) {
        Promise<HistoryPage> page = Promise.promise();
        context().runOnContext(v -> feed.history(request).onComplete(page));
        return await(page.future());
    }

    CompletableFuture<PublishAck> publishLater(TenantId tenant, ProjectId project, Topic topic, String text) {
        PublishCommand command = new PublishCommand(
                tenant,
                project,
                topic,
                "message",
                text.getBytes(StandardCharsets.UTF_8),
                null,
                null,
                null,
                DeliveryClass.DURABLE);
        synchronized (ids) {
            return stream.publishAsync(NatsMessage.builder()
                    .subject(store.subjects().stored(tenant, project, topic))
                    .headers(store.codec().stored(command, ids.next(System.currentTimeMillis())))
                    .data(command.data())
                    .build());
        }
    }

    CompletableFuture<PublishAck> publishLater(Topic topic, String text) {
        return publishLater(TENANT, PROJECT, topic, text);
    }

    /** @return the sequence */
    long publish(Topic topic, String text) {
        return publishLater(topic, text).join().getSeqno();
    }

    void publishMany(Topic topic, int count) {
        List<CompletableFuture<PublishAck>> acks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            acks.add(publishLater(topic, Integer.toString(i)));
            if (acks.size() == 1_000) {
                acks.forEach(CompletableFuture::join);
                acks.clear();
            }
        }
        acks.forEach(CompletableFuture::join);
    }

    /** What lies at a sequence according to jnats' own API, null for nothing. */
    @Nullable
    Topic topicAt(long sequence) {
        try {
            String subject = publisher
                    .jetStreamManagement()
                    .getMessage(store.subjects().stream(), sequence)
                    .getSubject();
            return subject == null ? null : store.subjects().parse(subject).topic();
        } catch (JetStreamApiException e) {
            return null;
        } catch (IOException e) {
            throw new AssertionError("cannot read", e);
        }
    }

    long lastSequence() {
        try {
            return publisher
                    .jetStreamManagement()
                    .getStreamInfo(store.subjects().stream())
                    .getStreamState()
                    .getLastSequence();
        } catch (JetStreamApiException | IOException e) {
            throw new AssertionError("cannot read", e);
        }
    }

    void publishEphemeral(Topic topic, String text) {
        PublishCommand command = new PublishCommand(
                TENANT,
                PROJECT,
                topic,
                "typing",
                text.getBytes(StandardCharsets.UTF_8),
                null,
                null,
                null,
                DeliveryClass.EPHEMERAL);
        publisher.publish(NatsMessage.builder()
                .subject(store.subjects().live(TENANT, PROJECT, topic))
                .headers(store.codec().ephemeral(command, ids.next(1), System.currentTimeMillis()))
                .data(command.data())
                .build());
    }

    /** Whether the server sends what it stores to the live subjects. */
    void announce(boolean on) throws IOException, JetStreamApiException {
        JetStreamManagement management = publisher.jetStreamManagement();
        String stream = store.subjects().stream();
        StreamConfiguration now = management.getStreamInfo(stream).getConfiguration();
        String prefix = store.subjects().live(TENANT, PROJECT, new Topic("a")).replaceFirst("\\.live\\..*", "");
        management.updateStream(StreamConfiguration.builder(now)
                .republish(
                        on
                                ? Republish.builder()
                                        .source(prefix + ".events.>")
                                        .destination(prefix + ".live.>")
                                        .build()
                                : null)
                .build());
    }

    double metric(String name) {
        return metrics.get("sandpiper.feed." + name)
                .meter()
                .measure()
                .iterator()
                .next()
                .getValue();
    }

    @Override
    public void close() {
        await(feed.close());
        await(store.close());
        try {
            publisher.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        await(vertx.close());
    }
}
