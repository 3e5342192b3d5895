package dev.sandpiper.retention;

import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.retention.nats.NatsEventLog;
import dev.sandpiper.runtime.config.Settings;
import dev.sandpiper.runtime.nats.EventStore;
import dev.sandpiper.runtime.nats.NatsConfig;
import dev.sandpiper.runtime.nats.Subjects;
import dev.sandpiper.testkit.NatsFixture;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.PurgeOptions;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A real event stream, and writers beside it that need nothing of ours. */
final class RetentionWorld implements AutoCloseable {
    final Vertx vertx = Vertx.vertx();
    final EventStore store;
    final NatsEventLog log;
    final Subjects subjects;

    RetentionWorld(Map<String, String> settings) {
        NatsFixture nats = NatsFixture.shared();
        Map<String, String> all = new HashMap<>(settings);
        all.put("SANDPIPER_NATS_URL", nats.url());
        all.put("SANDPIPER_NATS_NAMESPACE", nats.namespace());
        store = await(EventStore.open(vertx, NatsConfig.from(new Settings(all::get)), new SimpleMeterRegistry()));
        log = new NatsEventLog(store, 1_000_000);
        subjects = store.subjects();
    }

    static <T> T await(Future<T> future) {
        try {
            return future.await(30, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("not within 30 seconds", e);
        }
    }

    Connection connection() {
        return store.connection();
    }

    String subject(String tenant, String project, String topic) {
        return subjects.stored(new TenantId(tenant), new ProjectId(project), new Topic(topic));
    }

    /** @return its sequence */
    long publish(String subject, int payload, Headers headers) {
        try {
            return connection()
                    .jetStream()
                    .publish(NatsMessage.builder()
                            .subject(subject)
                            .headers(headers)
                            .data(new byte[payload])
                            .build())
                    .getSeqno();
        } catch (IOException | JetStreamApiException e) {
            throw new AssertionError("not stored", e);
        }
    }

    long publish(String subject) {
        return publish(subject, 10, new Headers().add("Sp-Id", "x"));
    }

    void purge(PurgeOptions what) {
        try {
            connection().jetStreamManagement().purgeStream(subjects.stream(), what);
        } catch (IOException | JetStreamApiException e) {
            throw new AssertionError("not purged", e);
        }
    }

    void delete(long sequence) {
        try {
            connection().jetStreamManagement().deleteMessage(subjects.stream(), sequence);
        } catch (IOException | JetStreamApiException e) {
            throw new AssertionError("not deleted", e);
        }
    }

    /** Everything that is stored from a sequence on. */
    List<EventHead> stored(long from) {
        List<EventHead> found = new ArrayList<>();
        log.read(subjects.storedWildcard(), from, Long.MAX_VALUE - 1, head -> {
            found.add(head);
            return true;
        });
        return found;
    }

    @Override
    public void close() {
        await(store.close());
        await(vertx.close());
    }
}
