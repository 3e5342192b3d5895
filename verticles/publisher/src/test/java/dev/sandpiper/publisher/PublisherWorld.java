package dev.sandpiper.publisher;

import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.runtime.config.Settings;
import dev.sandpiper.runtime.events.Publisher;
import dev.sandpiper.runtime.nats.EventStore;
import dev.sandpiper.runtime.nats.NatsConfig;
import dev.sandpiper.testkit.Eventually;
import dev.sandpiper.testkit.NatsFixture;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nats.client.api.StreamInfoOptions;
import io.nats.client.api.Subject;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A publisher on a real nats-server, and commands for it. */
final class PublisherWorld implements AutoCloseable {
    static final TenantId TENANT = new TenantId("acme");
    static final ProjectId PROJECT = new ProjectId("prod");

    final NatsFixture nats;
    final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    final Vertx vertx = Vertx.vertx();
    final Context loop = vertx.getOrCreateContext();
    final EventStore store;
    final JetStreamPublisher publisher;

    private PublisherWorld(NatsFixture nats, Map<String, String> overrides) throws Exception {
        this.nats = nats;
        Map<String, String> settings = new HashMap<>(overrides);
        settings.putIfAbsent("SANDPIPER_NATS_URL", nats.url());
        settings.putIfAbsent("SANDPIPER_NATS_NAMESPACE", nats.namespace());
        store = EventStore.open(vertx, NatsConfig.from(new Settings(settings::get)), metrics)
                .await(20, TimeUnit.SECONDS);
        publisher = JetStreamPublisher.open(vertx, store, PublisherConfig.from(new Settings(settings::get)), metrics)
                .await(20, TimeUnit.SECONDS);
    }

    static PublisherWorld shared() throws Exception {
        return new PublisherWorld(NatsFixture.shared(), Map.of());
    }

    static PublisherWorld own(Map<String, String> settings) throws Exception {
        return new PublisherWorld(NatsFixture.own(), settings);
    }

    static PublisherWorld shared(Map<String, String> settings) throws Exception {
        return new PublisherWorld(NatsFixture.shared(), settings);
    }

    static PublishCommand command(String topic, String json) {
        return command(topic, json, null);
    }

    static PublishCommand command(String topic, String json, @Nullable String key) {
        return command(TENANT, topic, json, key, DeliveryClass.DURABLE);
    }

    static PublishCommand command(
            TenantId tenant, String topic, String json, @Nullable String key, DeliveryClass deliveryClass) {
        return new PublishCommand(
                tenant,
                PROJECT,
                new Topic(topic),
                PublishCommand.DEFAULT_EVENT,
                json.getBytes(StandardCharsets.UTF_8),
                null,
                key,
                null,
                deliveryClass);
    }

    /** Begins to publish, on one event loop. */
    Future<PublishReceipt> begin(Publisher through, PublishCommand command) {
        Promise<PublishReceipt> promise = Promise.promise();
        loop.runOnContext(v -> through.publish(command).onComplete(promise));
        return promise.future();
    }

    Future<PublishReceipt> begin(PublishCommand command) {
        return begin(publisher, command);
    }

    PublishReceipt publish(Publisher through, PublishCommand command) throws Exception {
        return begin(through, command).await(10, TimeUnit.SECONDS);
    }

    PublishReceipt publish(PublishCommand command) throws Exception {
        return publish(publisher, command);
    }

    /** How publishing fails. */
    PlatformError failure(Publisher through, PublishCommand command) throws Exception {
        return error(begin(through, command));
    }

    static PlatformError error(Future<?> future) throws Exception {
        try {
            Object result = future.await(10, TimeUnit.SECONDS);
            throw new AssertionError("expected a failure, not " + result);
        } catch (PlatformException e) {
            return e.error();
        }
    }

    /** Stops the server in its tracks; returns once it stands still, where that can be seen. */
    void pause() throws Exception {
        nats.server().pause();
        Path tasks = Path.of("/proc", Long.toString(nats.server().pid()), "task");
        if (Files.isDirectory(tasks)) {
            Eventually.await("the server stands still", () -> isStopped(tasks));
        }
    }

    private static boolean isStopped(Path tasks) throws IOException {
        try (var threads = Files.list(tasks)) {
            for (Path thread : threads.toList()) {
                if (!Files.readString(thread.resolve("stat")).contains(") T ")) {
                    return false;
                }
            }
        }
        return true;
    }

    @Nullable
    StoredEvent stored(long sequence) throws Exception {
        return store.read(sequence).await(10, TimeUnit.SECONDS);
    }

    /** Events that the topic holds. */
    long countOf(String topic) throws Exception {
        String subject = store.subjects().stored(TENANT, PROJECT, new Topic(topic));
        return store
                .connection()
                .jetStreamManagement()
                .getStreamInfo(store.subjects().stream(), StreamInfoOptions.filterSubjects(subject))
                .getStreamState()
                .getSubjects()
                .stream()
                .mapToLong(Subject::getCount)
                .sum();
    }

    @Override
    public void close() {
        publisher.close().await();
        store.close().await();
        vertx.close().await();
    }
}
