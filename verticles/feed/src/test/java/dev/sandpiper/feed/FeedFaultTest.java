package dev.sandpiper.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.ConnectionEnd;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.feed.HandoffProperties.Publishing;
import dev.sandpiper.runtime.events.StartPosition;
import dev.sandpiper.runtime.events.UnrecoveredReason;
import dev.sandpiper.testkit.Eventually;
import dev.sandpiper.testkit.FaultProxy;
import dev.sandpiper.testkit.NatsFixture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FeedFaultTest {
    private static final Topic A = new Topic("a");
    private static final Topic B = new Topic("b");
    private static final Topic QUIET = new Topic("quiet");

    private static List<String> numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(Integer::toString).toList();
    }

    /** Everything stored after the opening has come, once and in order. */
    private static void check(Publishing publishing, Recorder recorder, Topic... topics) {
        List<Long> expected =
                publishing.expected(Set.of(topics), recorder.cursor().sequence());
        Eventually.await(
                "everything has arrived",
                Duration.ofSeconds(20),
                () -> recorder.count() >= expected.size() || recorder.failure() != null);
        assertThat(recorder.failure()).isNull();
        assertThat(recorder.sequences()).isEqualTo(expected);
        assertThat(recorder.objections()).isEmpty();
    }

    @Test
    void connectionsThatBreakCostNoEvent() {
        NatsFixture nats = NatsFixture.shared();
        try (FaultProxy proxy = FaultProxy.to(nats.server().port());
                FeedNode node = FeedNode.behind("nats://127.0.0.1:" + proxy.port(), nats, FeedNode.small(64))) {
            Recorder a = node.live(A);
            Recorder merged = node.live(A, B, QUIET);
            a.opening();
            merged.opening();
            Publishing publishing = new Publishing(node, List.of(A, B), 7, 4);
            for (int i = 0; i < 8; i++) {
                int before = publishing.stored.size();
                Eventually.await("some were published", () -> publishing.stored.size() > before + 300);
                proxy.reset();
            }
            int seen = a.count();
            Eventually.await("live again", () -> a.count() > seen + 50);
            publishing.close();
            check(publishing, a, A);
            check(publishing, merged, A, B, QUIET);
            assertThat(merged.sequences()).isSorted();
            assertThat(node.metric("refilled.events")).isPositive();
            assertThat(node.metric("resyncs")).isPositive();
        }
    }

    @Test
    void aConnectionThatBreaksDuringAReplayCostsNoEvent() {
        NatsFixture nats = NatsFixture.shared();
        try (FaultProxy proxy = FaultProxy.to(nats.server().port());
                FeedNode node = FeedNode.behind("nats://127.0.0.1:" + proxy.port(), nats, FeedNode.small())) {
            node.publishMany(A, 5_000);
            Recorder replayed = node.subscribe(new StartPosition.After(new Cursor(node.store.epoch(), 0)), A);
            for (int i = 1; i <= 3; i++) {
                replayed.awaitCount(i * 500);
                proxy.reset();
            }
            node.publish(A, "5000");
            assertThat(replayed.awaitCount(5_001).texts()).isEqualTo(numbers(0, 5_001));
        }
    }

    @Test
    void theServerMayBeKilledUnderWay() {
        NatsFixture nats = NatsFixture.own();
        try (FeedNode node = FeedNode.start(nats, FeedNode.small(64), Map.of())) {
            Recorder a = node.live(A);
            Recorder merged = node.live(A, B);
            a.opening();
            merged.opening();
            Publishing publishing = new Publishing(node, List.of(A, B), 7, 4);
            for (int i = 0; i < 2; i++) {
                int before = publishing.stored.size();
                Eventually.await("some were published", () -> publishing.stored.size() > before + 500);
                nats.server().kill();
                nats.server().restart();
            }
            int before = publishing.stored.size();
            Eventually.await("some were published", () -> publishing.stored.size() > before + 500);
            publishing.close();
            check(publishing, a, A);
            check(publishing, merged, A, B);
            Eventually.await(
                    "ready again",
                    () -> FeedNode.await(node.feed.caughtUp().map(true).otherwise(false)));
        }
    }

    @Test
    void aServerThatAcceptsButDoesNotAnswerFailsASubscriptionInTime() {
        NatsFixture nats = NatsFixture.shared();
        try (FaultProxy proxy = FaultProxy.to(nats.server().port());
                FeedNode node = FeedNode.behind("nats://127.0.0.1:" + proxy.port(), nats, FeedConfig.defaults())) {
            proxy.goSilent();
            long start = System.nanoTime();
            Recorder late = node.live(A);
            assertThat(late.awaitFailure()).isInstanceOf(AvailabilityError.EventStoreUnavailable.class);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
            proxy.restore();
            Eventually.succeeds(
                    Duration.ofSeconds(10),
                    () -> assertThat(node.live(A).cursor()).isNotNull());
        }
    }

    @Test
    void anEventThatNobodyAnnouncedIsFoundBeforeTheNextOneIsDelivered() throws Exception {
        try (FeedNode node = FeedNode.start()) {
            Recorder live = node.live(A);
            Recorder merged = node.live(A, B);
            live.opening();
            merged.opening();
            node.publish(A, "0");
            live.awaitCount(1);
            node.announce(false);
            node.publish(A, "1");
            node.publish(A, "2");
            node.announce(true);
            node.publish(A, "3");
            node.publish(B, "4");
            assertThat(live.awaitCount(4).texts()).isEqualTo(numbers(0, 4));
            assertThat(merged.awaitCount(5).texts()).isEqualTo(numbers(0, 5));
            assertThat(node.metric("refills")).isEqualTo(1);
            assertThat(node.metric("refilled.events")).isGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void anEventThatNobodyAnnouncedIsFoundByTheRoutineCheck() throws Exception {
        FeedConfig eager = FeedNode.config(Map.of("AUDIT_INTERVAL", "200ms"));
        try (FeedNode node = FeedNode.start(eager)) {
            Recorder live = node.live(A);
            Recorder other = node.live(B);
            live.opening();
            other.opening();
            node.announce(false);
            node.publish(A, "0");
            node.announce(true);
            node.publish(B, "x");
            assertThat(live.awaitCount(1).texts()).containsExactly("0");
        }
    }

    @Test
    void aStreamThatIsMadeAnewEndsEverySubscriptionHonestly() throws Exception {
        try (FeedNode node = FeedNode.start()) {
            Recorder live = node.live(A);
            Cursor start = live.cursor();
            node.publishMany(A, 10);
            live.awaitCount(10);
            Cursor old = new Cursor(start.epoch(), live.sequences().get(9));
            node.publisher.jetStreamManagement().deleteStream(node.store.subjects().stream());
            assertThat(live.awaitFailure()).isInstanceOf(ConnectionEnd.HistoryTrimmed.class);
            Eventually.await(
                    "there is a stream again", () -> node.store.epoch() != start.epoch() && node.store.connected());
            Recorder again = node.subscribe(new StartPosition.After(old), A);
            assertThat(again.opening().recovered()).isFalse();
            assertThat(again.opening().reason()).isEqualTo(UnrecoveredReason.EPOCH_CHANGED);
            node.publish(A, "new");
            assertThat(again.awaitCount(1).texts()).containsExactly("new");
            assertThat(live.count()).isEqualTo(10);
        }
    }

    @Test
    void aLongReplayDoesNotHoldUpLiveEvents() {
        try (FeedNode node = FeedNode.start()) {
            Topic old = new Topic("old");
            node.publishMany(old, 60_000);
            Recorder live = node.live(A);
            live.opening();
            AtomicLong worst = new AtomicLong();
            live.onEvent = event -> worst.accumulateAndGet(
                    System.currentTimeMillis() - event.timestamp().toEpochMilli(), Math::max);
            List<Recorder> replays = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                replays.add(node.subscribe(new StartPosition.After(new Cursor(node.store.epoch(), i)), old));
            }
            int published = 0;
            while (replays.stream().anyMatch(replay -> replay.count() < 60_000 - 4)) {
                node.publish(A, Integer.toString(published++));
            }
            assertThat(live.awaitCount(published).texts()).isEqualTo(numbers(0, published));
            assertThat(published).isGreaterThan(50);
            assertThat(worst.get()).isLessThan(500);
            for (int i = 0; i < 4; i++) {
                assertThat(replays.get(i).texts()).isEqualTo(numbers(i, 60_000));
            }
        }
    }

    @Test
    void replayIsPaced() {
        FeedConfig slow = FeedNode.config(Map.of("RING_EVENTS", "8", "PAGE_EVENTS", "100", "REPLAY_RATE", "2000"));
        try (FeedNode node = FeedNode.start(slow)) {
            node.publishMany(A, 3_000);
            long start = System.nanoTime();
            Recorder replay = node.subscribe(new StartPosition.After(new Cursor(node.store.epoch(), 0)), A);
            replay.awaitCount(3_000);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(900), Duration.ofSeconds(4));
            assertThat(replay.texts()).isEqualTo(numbers(0, 3_000));
        }
    }

    @Test
    void aLoopThatDoesNotKeepUpLosesItsSubscriptionsAndNothingElse() throws Exception {
        FeedConfig shallow = FeedNode.config(Map.of("QUEUE_EVENTS", "512"));
        try (FeedNode node = FeedNode.start(shallow)) {
            CountDownLatch release = new CountDownLatch(1);
            AtomicBoolean blocked = new AtomicBoolean();
            Recorder stuck = new Recorder();
            stuck.onEvent = event -> {
                if (blocked.compareAndSet(false, true)) {
                    try {
                        release.await(10, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }
            };
            node.subscribe(stuck, new StartPosition.Live(), A);
            Recorder fine = node.live(A);
            stuck.opening();
            fine.opening();
            Thread publishing = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 2_000; i++) {
                    node.publish(A, Integer.toString(i));
                }
            });
            fine.awaitCount(2_000);
            publishing.join();
            release.countDown();
            assertThat(stuck.awaitFailure()).isInstanceOf(AvailabilityError.EventStoreUnavailable.class);
            assertThat(stuck.texts()).isEqualTo(numbers(0, stuck.count()));
            assertThat(fine.texts()).isEqualTo(numbers(0, 2_000));
            // Its clients come back and miss nothing.
            long last = stuck.sequences().get(stuck.count() - 1);
            Recorder back = new Recorder();
            node.subscribe(back, new StartPosition.After(new Cursor(node.store.epoch(), last)), A);
            assertThat(back.awaitCount(2_000 - stuck.count()).texts()).isEqualTo(numbers(stuck.count(), 2_000));
        }
    }

    @Test
    void theMemoryOfAllTopicsTogetherIsBounded() {
        long budget = 1 << 20;
        FeedConfig tight = FeedNode.config(Map.of("RING_TOTAL_BYTES", Long.toString(budget)));
        try (FeedNode node = FeedNode.start(tight)) {
            List<Recorder> all = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                all.add(node.live(new Topic("t" + i)));
            }
            all.forEach(Recorder::opening);
            Cursor start = all.get(0).cursor();
            for (int i = 0; i < 20; i++) {
                node.publishMany(new Topic("t" + i), 500);
            }
            all.forEach(one -> one.awaitCount(500));
            assertThat(node.metric("ring.bytes")).isLessThanOrEqualTo((double) budget);
            for (int i = 19; i >= 0; i--) {
                Recorder resumed = node.subscribe(new StartPosition.After(start), new Topic("t" + i));
                assertThat(resumed.awaitCount(500).texts()).isEqualTo(numbers(0, 500));
            }
            assertThat(node.metric("ring.bytes")).isLessThanOrEqualTo((double) budget);
            assertThat(node.metric("ring.misses")).isPositive();
            assertThat(node.metric("ring.hits")).isPositive();
        }
    }
}
