package dev.sandpiper.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.EventId;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.runtime.events.FeedOpening;
import dev.sandpiper.runtime.events.HistoryPage;
import dev.sandpiper.runtime.events.HistoryRequest;
import dev.sandpiper.runtime.events.StartPosition;
import dev.sandpiper.runtime.events.UnrecoveredReason;
import io.nats.client.PurgeOptions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FanOutTest {
    private static final Topic A = new Topic("a");

    private static StoredEvent event(FeedNode node, long sequence) {
        return new StoredEvent(
                FeedNode.TENANT,
                FeedNode.PROJECT,
                A,
                new EventId("0".repeat(26)),
                "message",
                new byte[0],
                null,
                null,
                Instant.EPOCH,
                new Cursor(node.store.epoch(), sequence));
    }

    @Test
    void whatIsHeardLateIsNotDeliveredToWhoHasItAlready() {
        try (FeedNode node = FeedNode.start()) {
            Recorder first = node.live(A);
            first.opening();
            if (!(first.subscription instanceof Subscriber known) || known.attached == null) {
                throw new AssertionError("not attached");
            }
            LoopTopic place = new LoopTopic(known.attached[0].topic, known.loop, LoopTopic.NOT_HELD);
            Recorder ahead = new Recorder();
            Subscriber subscriber = new Subscriber(known.hub, known.loop, ahead);
            ahead.subscription = subscriber;
            FeedOpening opening = FeedOpening.at(new Cursor(node.store.epoch(), 10));
            known.loop.offer(subscriber, new Delivery(opening, List.of(), new LoopTopic[] {place}, 10, null, null));
            for (long sequence : new long[] {9, 10, 11, 11, 12}) {
                known.loop.offer(place, event(node, sequence));
            }
            assertThat(ahead.awaitCount(2).sequences()).containsExactly(11L, 12L);
        }
    }

    @Test
    void aTopicWithManySubscribersEncodesNothingTwiceAndFlushesOncePerBatch() {
        try (FeedNode node = FeedNode.start()) {
            List<Recorder> all = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                all.add(node.live(A));
            }
            all.forEach(Recorder::opening);
            node.publishMany(A, 100);
            all.forEach(one -> one.awaitCount(100));
            List<StoredEvent> reference = all.get(0).events();
            for (Recorder one : all) {
                List<StoredEvent> events = one.events();
                for (int i = 0; i < 100; i++) {
                    assertThat(events.get(i)).isSameAs(reference.get(i));
                }
                assertThat(one.batches()).isLessThanOrEqualTo(100);
                assertThat(one.objections()).isEmpty();
            }
        }
    }

    @Test
    void manyTopicsOpenTogether() {
        try (FeedNode node = FeedNode.start(FeedNode.config(Map.of("OPEN_TIMEOUT", FeedNode.PATIENT)))) {
            List<Recorder> all = new ArrayList<>();
            for (int i = 0; i < 5_000; i++) {
                all.add(node.live(new Topic("t:" + i)));
            }
            all.forEach(Recorder::opening);
            assertThat(node.metric("topics")).isEqualTo(5_000);
            for (int i = 0; i < 5_000; i++) {
                node.publishLater(new Topic("t:" + i), Integer.toString(i));
            }
            for (int i = 0; i < 5_000; i++) {
                assertThat(all.get(i).awaitCount(1).texts()).containsExactly(Integer.toString(i));
            }
        }
    }

    @Test
    void historyToldOfACursorThatRetentionHasOvertakenStartsAtTheOldestEvent() throws Exception {
        try (FeedNode node = FeedNode.start()) {
            node.publishMany(A, 50);
            node.publisher
                    .jetStreamManagement()
                    .purgeStream(
                            node.store.subjects().stream(),
                            PurgeOptions.builder().sequence(20).build());
            HistoryPage page = node.history(new HistoryRequest(
                    FeedNode.TENANT, FeedNode.PROJECT, A, new Cursor(node.store.epoch(), 5), null, false, 10));
            assertThat(page.opening().reason()).isEqualTo(UnrecoveredReason.TRIMMED);
            assertThat(page.events().get(0).sequence()).isEqualTo(20);
            HistoryPage foreign = node.history(new HistoryRequest(
                    FeedNode.TENANT, FeedNode.PROJECT, A, new Cursor(node.store.epoch() + 1, 5), null, true, 10));
            assertThat(foreign.opening().reason()).isEqualTo(UnrecoveredReason.EPOCH_CHANGED);
            assertThat(foreign.events().get(0).sequence()).isEqualTo(50);
            assertThat(node.subscribe(new StartPosition.After(page.next()), A)
                            .awaitCount(21)
                            .sequences()
                            .get(0))
                    .isEqualTo(30);
        }
    }
}
