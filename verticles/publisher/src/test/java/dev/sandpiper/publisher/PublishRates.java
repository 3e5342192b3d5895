package dev.sandpiper.publisher;

import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.runtime.config.Settings;
import dev.sandpiper.runtime.nats.EventStore;
import dev.sandpiper.runtime.nats.NatsConfig;
import dev.sandpiper.testkit.NatsFixture;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.impl.Headers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Compares plain jnats with {@link JetStreamPublisher} in one JVM against one server: the same stream, bodies of 256 bytes,
 * every event acknowledged. Prints a line each; takes about 15 seconds.
 */
public final class PublishRates {
    private static final int WINDOW = 2_000;
    private static final int WARM_UP = 100_000;
    private static final int COUNT = 300_000;
    private static final byte[] BODY = ("\"" + "x".repeat(254) + "\"").getBytes(StandardCharsets.US_ASCII);

    private PublishRates() {}

    public static void main(String[] args) throws Exception {
        NatsFixture nats = NatsFixture.own();
        Map<String, String> settings =
                Map.of("SANDPIPER_NATS_URL", nats.url(), "SANDPIPER_NATS_NAMESPACE", nats.namespace());
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        EventStore store = EventStore.open(
                        vertx, NatsConfig.from(new Settings(settings::get)), new SimpleMeterRegistry())
                .await(10, TimeUnit.SECONDS);
        JetStreamPublisher publisher = JetStreamPublisher.open(
                        vertx, store, PublisherConfig.from(new Settings(settings::get)), new SimpleMeterRegistry())
                .await(10, TimeUnit.SECONDS);
        String subject = store.subjects().stored(new TenantId("t"), new ProjectId("p"), new Topic("raw"));

        raw(nats.url(), subject, true, WARM_UP);
        ours(vertx, publisher, WARM_UP);
        for (int round = 0; round < 2; round++) {
            print("raw jnats", raw(nats.url(), subject, false, COUNT));
            print("raw jnats, Nats-Msg-Id", raw(nats.url(), subject, true, COUNT));
            print("JetStreamPublisher", ours(vertx, publisher, COUNT));
        }
        publisher.close().await();
        store.close().await();
        vertx.close().await();
        System.exit(0);
    }

    private static void print(String what, long nanos) {
        System.out.printf(
                "%-24s %,10d events/s  %6.2f us each%n", what, COUNT * 1_000_000_000L / nanos, nanos / 1e3 / COUNT);
    }

    private static long raw(String url, String subject, boolean dedupe, int count) throws Exception {
        var permits = new Semaphore(WINDOW);
        var done = new CountDownLatch(count);
        Options options = Options.builder()
                .server(url)
                .maxMessagesInOutgoingQueue(1 << 16)
                .build();
        try (Connection connection = Nats.connect(options)) {
            String inbox = connection.createInbox();
            connection
                    .createDispatcher(ack -> {
                        permits.release();
                        done.countDown();
                    })
                    .subscribe(inbox + ".*");
            connection.flush(Duration.ofSeconds(1));
            long start = System.nanoTime();
            for (int i = 0; i < count; i++) {
                permits.acquire();
                Headers headers = dedupe ? new Headers().put("Nats-Msg-Id", inbox + i) : null;
                connection.publish(subject, inbox + "." + i, headers, BODY);
            }
            done.await();
            return System.nanoTime() - start;
        }
    }

    private static long ours(Vertx vertx, JetStreamPublisher publisher, int count) throws Exception {
        var done = new CountDownLatch(1);
        long start = System.nanoTime();
        vertx.runOnContext(v -> new Pump(publisher, count, done).fill());
        done.await();
        return System.nanoTime() - start;
    }

    /** Keeps a window of publishes in flight from one event loop. */
    private static final class Pump {
        private final JetStreamPublisher publisher;
        private final int count;
        private final CountDownLatch done;
        private final PublishCommand command = new PublishCommand(
                new TenantId("t"),
                new ProjectId("p"),
                new Topic("ours"),
                PublishCommand.DEFAULT_EVENT,
                BODY,
                null,
                null,
                null,
                DeliveryClass.DURABLE);
        private int sent;
        private int acknowledged;

        Pump(JetStreamPublisher publisher, int count, CountDownLatch done) {
            this.publisher = publisher;
            this.count = count;
            this.done = done;
        }

        void fill() {
            while (sent < count && sent - acknowledged < WINDOW) {
                sent++;
                Future<?> published = publisher.publish(command);
                published.onComplete(result -> {
                    if (result.failed()) {
                        throw new IllegalStateException(result.cause());
                    }
                    if (++acknowledged == count) {
                        done.countDown();
                    }
                    fill();
                });
            }
        }
    }
}
