package dev.sandpiper.publisher;

import static dev.sandpiper.publisher.PublisherContract.sequence;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.testkit.Eventually;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A tenant that floods waits for itself. */
class TenantFairnessTest {
    private static final TenantId LOUD = new TenantId("loud");
    private static final TenantId QUIET = new TenantId("quiet");
    private static final int WINDOW = 64;
    private static final int FLOOD = 2_000;

    /** Of the loud tenant's small events in one turn, with what may be left of the turn before. */
    private static final int TURN = 2 * FairQueue.QUANTUM / FairQueue.OVERHEAD;

    @Test
    void aFloodOfOneTenantDelaysAnotherByAWindowAndATurnOnly() throws Exception {
        try (PublisherWorld world =
                PublisherWorld.own(Map.of("SANDPIPER_PUBLISH_MAX_IN_FLIGHT", Integer.toString(WINDOW)))) {
            var flood = new Flood(world);
            flood.start();
            Eventually.await("the flood waits for itself", () -> world.publisher.waiting() > FLOOD / 2);
            Promise<List<Long>> distances = Promise.promise();
            world.loop.runOnContext(v -> new Quiet(world, flood, 200, distances).next());
            assertThat(distances.future().await(30, TimeUnit.SECONDS))
                    .allSatisfy(distance -> assertThat(distance).isLessThanOrEqualTo(WINDOW + TURN));
            flood.stop();
        }
    }

    @Test
    void whoFloodsIsRefusedWhileAnotherStillGetsIn() throws Exception {
        try (PublisherWorld world = PublisherWorld.own(
                Map.of("SANDPIPER_PUBLISH_MAX_IN_FLIGHT", "10", "SANDPIPER_PUBLISH_MAX_WAITING", "100"))) {
            world.pause();
            List<Future<PublishReceipt>> loud = begin(world, LOUD, 1_000);
            List<Future<PublishReceipt>> quiet = begin(world, QUIET, 20);
            assertThat(world.publisher.waiting()).isEqualTo(70);
            for (Future<PublishReceipt> refused : loud.subList(60, 1_000)) {
                assertThat(PublisherWorld.error(refused))
                        .isEqualTo(new AvailabilityError.PublisherSaturated(Duration.ofSeconds(1)));
            }
            world.nats.server().resume();
            for (Future<PublishReceipt> taken : quiet) {
                assertThat(taken.await(10, TimeUnit.SECONDS).cursor()).isNotNull();
            }
            for (Future<PublishReceipt> taken : loud.subList(0, 60)) {
                assertThat(taken.await(10, TimeUnit.SECONDS).cursor()).isNotNull();
            }
            Eventually.await("nothing waits", () -> world.publisher.waiting() == 0);
        }
    }

    @Test
    void bytesThatWaitAreBoundedToo() throws Exception {
        try (PublisherWorld world = PublisherWorld.own(
                Map.of("SANDPIPER_PUBLISH_MAX_IN_FLIGHT", "1", "SANDPIPER_PUBLISH_MAX_WAITING_BYTES", "1048576"))) {
            world.pause();
            String json = "\"" + "x".repeat(100_000) + "\"";
            List<Future<PublishReceipt>> loud = begin(world, LOUD, 20, json);
            assertThat(PublisherWorld.error(loud.get(7))).isInstanceOf(AvailabilityError.PublisherSaturated.class);
            List<Future<PublishReceipt>> quiet = begin(world, QUIET, 1, json);
            world.nats.server().resume();
            assertThat(quiet.getFirst().await(10, TimeUnit.SECONDS).cursor()).isNotNull();
            assertThat(loud.get(6).await(10, TimeUnit.SECONDS).cursor()).isNotNull();
        }
    }

    @Test
    void whatWaitsTooLongIsAnsweredInTimeAndNeverStored() throws Exception {
        try (PublisherWorld world = PublisherWorld.own(Map.of("SANDPIPER_PUBLISH_MAX_IN_FLIGHT", "10"))) {
            world.pause();
            long start = System.nanoTime();
            List<Future<PublishReceipt>> receipts = begin(world, LOUD, 30);
            for (Future<PublishReceipt> waiting : receipts.subList(10, 30)) {
                assertThat(PublisherWorld.error(waiting)).isInstanceOf(AvailabilityError.PublisherSaturated.class);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
            world.nats.server().resume();
            Eventually.await(
                    "publishing works again",
                    () -> world.begin(command(QUIET, "1"))
                            .map(true)
                            .otherwise(false)
                            .await(10, TimeUnit.SECONDS));
            Eventually.await("nothing waits", () -> world.publisher.waiting() + world.publisher.inFlight() == 0);
            for (long sequence = 1;
                    sequence <= world.store.refresh().await(5, TimeUnit.SECONDS).lastSequence();
                    sequence++) {
                var event = world.stored(sequence);
                assertThat(event).isNotNull();
                if (event != null && event.tenant().equals(LOUD)) {
                    assertThat(new String(event.data(), StandardCharsets.UTF_8))
                            .isIn(IntStream.range(0, 10)
                                    .mapToObj(Integer::toString)
                                    .toList());
                }
            }
        }
    }

    @Test
    void eventsThatWaitedKeepTheirOrderAcrossAnInterruption() throws Exception {
        try (PublisherWorld world = PublisherWorld.own(
                Map.of("SANDPIPER_PUBLISH_MAX_IN_FLIGHT", "7", "SANDPIPER_PUBLISH_ATTEMPTS", "20"))) {
            List<Future<PublishReceipt>> receipts = new ArrayList<>(begin(world, LOUD, 500));
            world.nats.server().kill();
            receipts.addAll(begin(world, LOUD, 500));
            world.nats.server().restart();
            long last = 0;
            for (Future<PublishReceipt> receipt : receipts) {
                long sequence = sequence(receipt.await(20, TimeUnit.SECONDS));
                assertThat(sequence).isGreaterThan(last);
                last = sequence;
            }
        }
    }

    private static PublishCommand command(TenantId tenant, String json) {
        return PublisherWorld.command(tenant, "t", json, null, DeliveryClass.DURABLE);
    }

    /** Numbers, on one event loop, in their order. */
    private static List<Future<PublishReceipt>> begin(PublisherWorld world, TenantId tenant, int count)
            throws Exception {
        return begin(world, tenant, count, null);
    }

    private static List<Future<PublishReceipt>> begin(
            PublisherWorld world, TenantId tenant, int count, @Nullable String json) throws Exception {
        Promise<List<Future<PublishReceipt>>> begun = Promise.promise();
        world.loop.runOnContext(v -> begun.complete(IntStream.range(0, count)
                .mapToObj(i -> world.publisher.publish(command(tenant, json == null ? Integer.toString(i) : json)))
                .toList()));
        return begun.future().await(10, TimeUnit.SECONDS);
    }

    /** Keeps many events of the loud tenant under way, and knows which was the newest to be acknowledged. */
    private static final class Flood {
        private final PublisherWorld world;
        private volatile boolean stopped;
        private final AtomicInteger running = new AtomicInteger();
        private long newest;

        Flood(PublisherWorld world) {
            this.world = world;
        }

        void start() {
            world.loop.runOnContext(v -> {
                for (int i = 0; i < FLOOD; i++) {
                    running.incrementAndGet();
                    publish();
                }
            });
        }

        long newest() {
            return newest;
        }

        void stop() throws Exception {
            stopped = true;
            Eventually.await("the flood has ended", () -> running.get() == 0);
        }

        private void publish() {
            world.publisher.publish(command(LOUD, "1")).onComplete(result -> {
                if (result.succeeded()) {
                    newest = Math.max(newest, sequence(result.result()));
                }
                if (stopped) {
                    running.decrementAndGet();
                } else {
                    publish();
                }
            });
        }
    }

    /** Publishes one event after the other; records how many were stored between the call and it. */
    private record Quiet(PublisherWorld world, Flood flood, List<Long> distances, int count, Promise<List<Long>> done) {
        Quiet(PublisherWorld world, Flood flood, int count, Promise<List<Long>> done) {
            this(world, flood, new ArrayList<>(), count, done);
        }

        void next() {
            long before = flood.newest();
            world.publisher.publish(command(QUIET, "1")).onComplete(result -> {
                if (result.failed()) {
                    done.fail(result.cause());
                    return;
                }
                distances.add(sequence(result.result()) - before);
                if (distances.size() == count) {
                    done.complete(distances);
                } else {
                    next();
                }
            });
        }
    }
}
