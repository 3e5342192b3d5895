package dev.sandpiper.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.ConnectionEnd;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.domain.TopicPattern;
import dev.sandpiper.runtime.events.FeedOpening;
import dev.sandpiper.runtime.events.FeedSubscription;
import dev.sandpiper.runtime.events.HistoryPage;
import dev.sandpiper.runtime.events.HistoryRequest;
import dev.sandpiper.runtime.events.StartPosition;
import dev.sandpiper.runtime.events.UnrecoveredReason;
import dev.sandpiper.runtime.nats.Subjects;
import dev.sandpiper.testkit.Eventually;
import io.nats.client.PurgeOptions;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One topic loses events, and the first sequence of the stream stays where it is. */
class TrimmedTopicTest {
    private static final Topic TOPIC = new Topic("room:1");
    private static final Topic OTHER = new Topic("room:2");

    private final FeedNode node = FeedNode.start(FeedNode.small());

    @AfterEach
    void close() {
        node.close();
    }

    /** As the janitor does it: the mark first. */
    private void trim(Topic topic, long through) throws Exception {
        FeedNode.await(node.store.trims().put(new Subjects.Address(FeedNode.TENANT, FeedNode.PROJECT, topic), through));
        purge(topic, through);
    }

    private void purge(Topic topic, long through) throws Exception {
        node.publisher
                .jetStreamManagement()
                .purgeStream(
                        node.store.subjects().stream(),
                        PurgeOptions.builder()
                                .subject(node.store.subjects().stored(FeedNode.TENANT, FeedNode.PROJECT, topic))
                                .sequence(through + 1)
                                .build());
    }

    private Cursor at(long sequence) {
        return new Cursor(node.store.epoch(), sequence);
    }

    private Recorder resume(long sequence, Topic... topics) {
        return node.subscribe(new StartPosition.After(at(sequence)), topics);
    }

    private HistoryPage history(Topic topic, long since) {
        return node.history(
                new HistoryRequest(FeedNode.TENANT, FeedNode.PROJECT, topic, at(since), null, false, 1_000));
    }

    private static List<String> numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(Integer::toString).toList();
    }

    private static void assertTrimmed(FeedOpening opening, Cursor oldest) {
        assertThat(opening.recovered()).isFalse();
        assertThat(opening.reason()).isEqualTo(UnrecoveredReason.TRIMMED);
        assertThat(opening.oldest()).isEqualTo(oldest);
    }

    @Test
    void whoeverMissesSomethingIsToldFromWhereOnEverythingIsLeft() throws Exception {
        node.publish(OTHER, "the stream begins here");
        node.publishMany(TOPIC, 50);
        trim(TOPIC, 21);
        Recorder trimmed = resume(5, TOPIC);
        assertTrimmed(trimmed.opening(), at(21));
        Recorder whole = resume(21, TOPIC);
        assertThat(whole.awaitCount(30).texts()).isEqualTo(numbers(20, 50));
        assertThat(whole.opening().recovered()).isTrue();
    }

    @Test
    void aTopicOfWhichNothingIsLeftStillTells() throws Exception {
        node.publish(OTHER, "the stream begins here");
        node.publishMany(TOPIC, 10);
        node.publish(OTHER, "and goes on here");
        trim(TOPIC, 11);
        assertTrimmed(resume(5, TOPIC).opening(), at(11));
        assertTrimmed(history(TOPIC, 5).opening(), at(11));
        assertThat(resume(11, TOPIC).opening().recovered()).isTrue();
        assertThat(history(TOPIC, 11).opening().recovered()).isTrue();
    }

    @Test
    void eventsThatCameAndWentBeforeAnybodyListenedAreNotForgotten() throws Exception {
        // Quicker than the node asks by itself how far the stream reaches.
        node.publishMany(TOPIC, 30);
        node.publisher.jetStreamManagement().purgeStream(node.store.subjects().stream());
        assertTrimmed(resume(5, TOPIC).opening(), at(30));
        assertThat(resume(30, TOPIC).opening().recovered()).isTrue();
    }

    @Test
    void otherTopicsAndThoseWhoMissedNothingAreNotAlarmed() throws Exception {
        node.publish(OTHER, "0");
        node.publishMany(TOPIC, 10);
        node.publish(OTHER, "1");
        node.publishMany(TOPIC, 10);
        trim(TOPIC, 11);
        // Between the last that was removed and the first that is left, where no event of the topic ever was.
        Recorder between = resume(12, TOPIC).awaitCount(10);
        assertThat(between.opening().recovered()).isTrue();
        Recorder other = resume(0, OTHER).awaitCount(2);
        assertThat(other.opening().recovered()).isTrue();
        assertThat(other.texts()).isEqualTo(numbers(0, 2));
    }

    @Test
    void historyTells() throws Exception {
        node.publish(OTHER, "the stream begins here");
        node.publishMany(TOPIC, 50);
        trim(TOPIC, 21);
        HistoryPage page = history(TOPIC, 5);
        assertTrimmed(page.opening(), at(21));
        assertThat(page.events()).hasSize(30);
        assertThat(history(TOPIC, 21).opening().recovered()).isTrue();
    }

    private HistoryPage pattern(String topics, long since, int limit) {
        return node.history(new HistoryRequest(
                FeedNode.TENANT,
                FeedNode.PROJECT,
                new TopicPattern(topics),
                at(since),
                null,
                null,
                null,
                false,
                limit,
                false));
    }

    @Test
    void aPatternTellsOfEachOfItsTopicsAndOfNoOther() throws Exception {
        Topic elsewhere = new Topic("hall:1");
        for (int i = 0; i < 10; i++) {
            node.publish(OTHER, "o" + i);
            node.publish(TOPIC, "t" + i);
            node.publish(elsewhere, "h" + i);
        }
        assertThat(pattern("room:*", 4, 100).opening().recovered()).isTrue();
        trim(elsewhere, 12);
        HistoryPage whole = pattern("room:*", 4, 100);
        assertThat(whole.opening().recovered()).isTrue();
        assertThat(whole.events()).hasSize(17);
        // The event that the cursor stands on is of another topic, and is still there.
        trim(TOPIC, 11);
        HistoryPage page = pattern("room:*", 4, 100);
        assertTrimmed(page.opening(), at(11));
        assertThat(pattern("room:2*", 4, 100).opening().recovered()).isTrue();
        assertThat(pattern("room:*", 11, 100).opening().recovered()).isTrue();
        assertTrimmed(pattern("*", 11, 100).opening(), at(12));
        // What goes while one pages is told by the next page.
        HistoryPage first = pattern("room:*", 12, 4);
        assertThat(first.opening().recovered()).isTrue();
        trim(OTHER, first.next().sequence() + 3);
        assertTrimmed(
                pattern("room:*", first.next().sequence(), 4).opening(),
                at(first.next().sequence() + 3));
    }

    @Test
    void ofSeveralTopicsTheOneThatLostSomethingDecides() throws Exception {
        for (int i = 0; i < 20; i++) {
            node.publish(OTHER, "o" + i);
            node.publish(TOPIC, "t" + i);
        }
        trim(TOPIC, 20);
        assertTrimmed(resume(4, TOPIC, OTHER).opening(), at(20));
        Recorder whole = resume(20, TOPIC, OTHER).awaitCount(20);
        assertThat(whole.opening().recovered()).isTrue();
        assertThat(whole.sequences()).isSorted().hasSize(20);
    }

    @Test
    void whoeverAsksForATimeGetsWhatIsLeftSinceThen() throws Exception {
        Instant before = Instant.now().minusSeconds(60);
        for (int i = 0; i < 20; i++) {
            node.publish(OTHER, "o" + i);
            node.publish(TOPIC, "t" + i);
        }
        trim(TOPIC, 20);
        Recorder since =
                node.subscribe(new StartPosition.From(before), TOPIC, OTHER).awaitCount(30);
        assertThat(since.opening().recovered()).isTrue();
        assertThat(since.sequences()).isSorted().hasSize(30);
    }

    @Test
    void memoryForgetsWhatWasRemoved() throws Exception {
        node.publish(OTHER, "the stream begins here");
        Recorder live = node.live(TOPIC);
        live.opening();
        node.publishMany(TOPIC, 6);
        live.awaitCount(6);
        assertThat(resume(1, TOPIC).awaitCount(6).opening().recovered()).isTrue();
        trim(TOPIC, 4);
        Eventually.await("word of it arrives", () -> node.metric("ring.events") == 3);
        assertTrimmed(resume(1, TOPIC).opening(), at(4));
        assertThat(resume(4, TOPIC).awaitCount(3).texts()).isEqualTo(numbers(3, 6));
    }

    @Test
    void whatIsRemovedDuringAReplayEndsIt() throws Exception {
        node.publish(OTHER, "the stream begins here");
        node.publishMany(TOPIC, 500);
        Recorder replayed = new Recorder();
        replayed.onEvent = event -> {
            FeedSubscription subscription = replayed.subscription;
            if (event.sequence() == 3 && subscription != null) {
                subscription.pauseReplay(true);
            }
        };
        node.subscribe(replayed, new StartPosition.After(at(1)), TOPIC).awaitCount(16);
        trim(TOPIC, 300);
        if (replayed.subscription instanceof Subscriber subscriber) {
            subscriber.loop.context.runOnContext(v -> subscriber.pauseReplay(false));
        }
        assertThat(replayed.awaitFailure()).isInstanceOf(ConnectionEnd.HistoryTrimmed.class);
        assertThat(replayed.count()).isLessThan(300);
    }

    @Test
    void aMarkNeverGoesBackAndIsOfOneTopic() {
        var address = new Subjects.Address(FeedNode.TENANT, FeedNode.PROJECT, new Topic("größe.a"));
        var other = new Subjects.Address(FeedNode.TENANT, FeedNode.PROJECT, TOPIC);
        assertThat(FeedNode.await(node.store.trims().of(address))).isZero();
        FeedNode.await(node.store.trims().put(address, 7));
        FeedNode.await(node.store.trims().put(address, 5));
        assertThat(FeedNode.await(node.store.trims().of(address))).isEqualTo(7);
        assertThat(FeedNode.await(node.store.trims().of(other))).isZero();
        FeedNode.await(node.store.trims().put(address, 9));
        assertThat(FeedNode.await(node.store.trims().of(address))).isEqualTo(9);
        assertThat(FeedNode.await(node.store.trims().all()))
                .containsEntry(address, 9L)
                .hasSize(1);
        FeedNode.await(node.store.trims().forget(address));
        assertThat(FeedNode.await(node.store.trims().all())).isEmpty();
    }
}
