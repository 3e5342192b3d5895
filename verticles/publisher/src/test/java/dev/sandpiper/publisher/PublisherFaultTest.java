package dev.sandpiper.publisher;

import static dev.sandpiper.publisher.PublisherContract.sequence;
import static dev.sandpiper.publisher.PublisherWorld.command;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.ConnectionEnd;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.testkit.Eventually;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PublisherFaultTest {
    /** What a caller may be told when the server is gone. */
    private static final Set<String> RETRYABLE =
            Set.of("EVENT_STORE_UNAVAILABLE", "OUTCOME_UNKNOWN", "PUBLISHER_SATURATED");

    private static final Duration LIMIT = Duration.ofSeconds(2);

    @Test
    void nothingAcknowledgedIsMissingAfterTheServerWasKilled() throws Exception {
        try (PublisherWorld world = PublisherWorld.own(Map.of())) {
            var stream = new Stream(world);
            stream.start();
            Eventually.await("some are acknowledged", () -> stream.acknowledged.size() > 2_000);
            world.nats.server().kill();
            Eventually.await("callers are told", () -> stream.failed.get() > 10);
            world.nats.server().restart();
            int before = stream.acknowledged.size();
            Eventually.await("publishing goes on by itself", () -> stream.acknowledged.size() > before + 2_000);
            stream.stop();
            Eventually.await("the store reads again", world.store::connected);

            assertThat(stream.codes).isSubsetOf(RETRYABLE);
            assertThat(stream.slowest.get()).isLessThan(LIMIT.toNanos());
            for (Map.Entry<Integer, Long> event : stream.acknowledged.entrySet()) {
                StoredEvent stored = world.stored(event.getValue());
                assertThat(stored).isNotNull();
                if (stored != null) {
                    assertThat(new String(stored.data(), StandardCharsets.UTF_8))
                            .isEqualTo(event.getKey().toString());
                }
            }
        }
    }

    @Test
    void aShortInterruptionCostsTimeButNoEventAndNoOrder() throws Exception {
        try (PublisherWorld world = PublisherWorld.own(Map.of("SANDPIPER_PUBLISH_ATTEMPTS", "20"))) {
            world.nats.server().kill();
            List<Future<PublishReceipt>> receipts = new ArrayList<>(beginMany(world, 200));
            world.nats.server().restart();
            // What is published while the connection comes back must not overtake what waits for it.
            while (!receipts.get(0).isComplete()) {
                receipts.addAll(beginMany(world, 1));
                world.vertx.timer(1, TimeUnit.MILLISECONDS).await(10, TimeUnit.SECONDS);
            }
            long last = 0;
            for (Future<PublishReceipt> receipt : receipts) {
                PublishReceipt done = receipt.await(10, TimeUnit.SECONDS);
                assertThat(done.duplicate()).isFalse();
                assertThat(sequence(done)).isGreaterThan(last);
                last = sequence(done);
            }
        }
    }

    @Test
    void aServerThatHangsIsReportedWithinTwoSeconds() throws Exception {
        try (PublisherWorld world = PublisherWorld.own(Map.of())) {
            world.publish(command("t", "1"));
            world.pause();
            for (int i = 0; i < 4; i++) {
                long start = System.nanoTime();
                PlatformError error = world.failure(world.publisher, command("t", "2"));
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LIMIT);
                assertThat(error.code()).isIn(RETRYABLE);
            }
            world.nats.server().resume();
            Eventually.await("publishing works again", () -> succeeds(world, command("t", "3")));
        }
    }

    @Test
    void anUnknownOutcomeIsCertainAfterARetryWithTheSameKey() throws Exception {
        try (PublisherWorld world = PublisherWorld.own(Map.of())) {
            world.pause();
            assertThat(world.failure(world.publisher, command("t", "1", "key")))
                    .isEqualTo(new AvailabilityError.OutcomeUnknown());
            world.nats.server().resume();
            Eventually.await("publishing works again", () -> succeeds(world, command("t", "1", "key")));
            assertThat(world.store.refresh().await(5, TimeUnit.SECONDS).lastSequence())
                    .isEqualTo(1);
        }
    }

    @Test
    void aFullTableRefusesAtOnceAndRecovers() throws Exception {
        try (PublisherWorld world = PublisherWorld.own(
                Map.of("SANDPIPER_PUBLISH_MAX_IN_FLIGHT", "10", "SANDPIPER_PUBLISH_MAX_WAITING", "1"))) {
            world.pause();
            List<Future<PublishReceipt>> receipts = beginMany(world, 12);
            assertThat(PublisherWorld.error(receipts.get(11))).isInstanceOf(AvailabilityError.PublisherSaturated.class);
            assertThat(world.publisher.inFlight()).isEqualTo(10);
            world.nats.server().resume();
            for (Future<PublishReceipt> receipt : receipts.subList(0, 11)) {
                assertThat(receipt.await(10, TimeUnit.SECONDS).cursor()).isNotNull();
            }
            assertThat(world.publish(command("t", "1")).cursor()).isNotNull();
            Eventually.await("the table is empty", () -> world.publisher.inFlight() == 0);
        }
    }

    @Test
    void bytesInFlightAreBoundedToo() throws Exception {
        try (PublisherWorld world = PublisherWorld.own(
                Map.of("SANDPIPER_PUBLISH_MAX_IN_FLIGHT_BYTES", "1048576", "SANDPIPER_PUBLISH_MAX_WAITING", "1"))) {
            world.pause();
            String json = "\"" + "x".repeat(400_000) + "\"";
            List<Future<PublishReceipt>> receipts = beginMany(world, 4, json);
            assertThat(world.publisher.inFlight()).isEqualTo(2);
            assertThat(PublisherWorld.error(receipts.get(3))).isInstanceOf(AvailabilityError.PublisherSaturated.class);
            world.nats.server().resume();
            assertThat(receipts.get(1).await(10, TimeUnit.SECONDS).cursor()).isNotNull();
        }
    }

    @Test
    void aFullStreamIsReportedAsSuch() throws Exception {
        try (PublisherWorld world = PublisherWorld.shared(Map.of("SANDPIPER_NATS_MAX_BYTES", "2000"))) {
            String json = "\"" + "x".repeat(1_000) + "\"";
            assertThat(world.publish(command("t", json)).cursor()).isNotNull();
            assertThat(world.failure(world.publisher, command("t", json)))
                    .isEqualTo(new AvailabilityError.StorageFull());
        }
    }

    @Test
    void anEventAboveTheStreamsOwnLimitIsTooLarge() throws Exception {
        try (PublisherWorld world = PublisherWorld.shared(Map.of("SANDPIPER_NATS_MAX_MESSAGE_BYTES", "2000"))) {
            assertThat(world.failure(world.publisher, command("t", "\"" + "x".repeat(3_000) + "\"")))
                    .isInstanceOf(RequestError.PayloadTooLarge.class);
        }
    }

    @Test
    void withoutAStreamNothingIsStoredAndTheCallerKnows() throws Exception {
        try (PublisherWorld world = PublisherWorld.shared(Map.of("SANDPIPER_PUBLISH_ATTEMPT_TIMEOUT", "100"))) {
            world.store.connection().jetStreamManagement().deleteStream(world.store.subjects().stream());
            assertThat(world.failure(world.publisher, command("t", "1")))
                    .isEqualTo(new AvailabilityError.EventStoreUnavailable());
            Eventually.await("the stream is made anew", () -> succeeds(world, command("t", "2")));
            assertThat(world.publish(command("t", "3")).cursor()).isNotNull();
        }
    }

    @Test
    void drainingWaitsForWhatIsInFlight() throws Exception {
        try (PublisherWorld world = PublisherWorld.own(Map.of("SANDPIPER_PUBLISH_ATTEMPTS", "20"))) {
            world.pause();
            List<Future<PublishReceipt>> receipts = beginMany(world, 5);
            Future<Void> drained = world.publisher.drain(Duration.ofSeconds(10));
            assertThat(world.failure(world.publisher, command("t", "1")))
                    .isInstanceOf(ConnectionEnd.ShuttingDown.class);
            assertThat(drained.isComplete()).isFalse();
            world.nats.server().resume();
            drained.await(10, TimeUnit.SECONDS);
            for (Future<PublishReceipt> receipt : receipts) {
                assertThat(receipt.isComplete()).isTrue();
            }
        }
    }

    private static boolean succeeds(PublisherWorld world, PublishCommand command) throws Exception {
        return world.begin(command).map(true).otherwise(false).await(10, TimeUnit.SECONDS);
    }

    private static List<Future<PublishReceipt>> beginMany(PublisherWorld world, int count) throws Exception {
        return beginMany(world, count, "1");
    }

    private static List<Future<PublishReceipt>> beginMany(PublisherWorld world, int count, String json)
            throws Exception {
        Promise<List<Future<PublishReceipt>>> begun = Promise.promise();
        world.loop.runOnContext(v -> {
            List<Future<PublishReceipt>> receipts = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                receipts.add(world.publisher.publish(command("many", json)));
            }
            begun.complete(receipts);
        });
        return begun.future().await(10, TimeUnit.SECONDS);
    }

    /** Publishes numbers without end, a hundred at a time. */
    private static final class Stream {
        final Map<Integer, Long> acknowledged = new ConcurrentHashMap<>();
        final Set<String> codes = ConcurrentHashMap.newKeySet();
        final AtomicInteger failed = new AtomicInteger();
        final AtomicLong slowest = new AtomicLong();
        private final PublisherWorld world;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicInteger running = new AtomicInteger();
        private volatile boolean stopped;

        Stream(PublisherWorld world) {
            this.world = world;
        }

        void start() {
            world.loop.runOnContext(v -> {
                for (int i = 0; i < 100; i++) {
                    running.incrementAndGet();
                    publish();
                }
            });
        }

        void stop() throws Exception {
            stopped = true;
            Eventually.await("every call is answered", () -> running.get() == 0);
        }

        private void publish() {
            int number = next.getAndIncrement();
            long start = System.nanoTime();
            world.publisher.publish(command("stream", Integer.toString(number))).onComplete(result -> {
                slowest.accumulateAndGet(System.nanoTime() - start, Math::max);
                if (result.succeeded()) {
                    acknowledged.put(number, sequence(result.result()));
                } else {
                    failed.incrementAndGet();
                    codes.add(
                            result.cause() instanceof PlatformException e
                                    ? e.error().code()
                                    : "?");
                }
                if (stopped) {
                    running.decrementAndGet();
                } else if (result.succeeded()) {
                    publish();
                } else {
                    world.vertx.setTimer(20, id -> publish());
                }
            });
        }
    }
}
