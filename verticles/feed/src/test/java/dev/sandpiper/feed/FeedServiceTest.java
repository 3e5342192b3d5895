package dev.sandpiper.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.ConnectionEnd;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.runtime.events.FeedSubscription;
import dev.sandpiper.runtime.events.StartPosition;
import dev.sandpiper.runtime.events.UnrecoveredReason;
import dev.sandpiper.testkit.Eventually;
import dev.sandpiper.testkit.NatsFixture;
import io.nats.client.PurgeOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FeedServiceTest {
    private final FeedNode node = FeedNode.start(FeedNode.small());

    @AfterEach
    void close() {
        node.close();
    }

    private static List<String> numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(Integer::toString).toList();
    }

    @Test
    void aLiveSubscriberHearsWhatIsPublishedFromThenOn() {
        Topic topic = new Topic("room:1");
        node.publish(topic, "before");
        Recorder live = node.live(topic);
        assertThat(live.opening().recovered()).isTrue();
        node.publishMany(topic, 100);
        live.awaitCount(100);
        assertThat(live.texts()).isEqualTo(numbers(0, 100));
        assertThat(live.objections()).isEmpty();
        Eventually.await("the last batch ends", live::isFlushed);
    }

    @Test
    void aResumingSubscriberGetsWhatIsInMemoryWithoutReadingTheStore() {
        Topic topic = new Topic("room:1");
        Recorder live = node.live(topic);
        Cursor start = live.cursor();
        node.publishMany(topic, 5);
        live.awaitCount(5);
        Recorder resumed = node.subscribe(new StartPosition.After(start), topic).awaitCount(5);
        assertThat(resumed.texts()).isEqualTo(numbers(0, 5));
        assertThat(resumed.opening().recovered()).isTrue();
        assertThat(node.metric("ring.hits")).isEqualTo(1);
        assertThat(node.metric("pages")).isZero();
    }

    @Test
    void aResumingSubscriberGetsWhatMemoryLacksFromTheStore() {
        Topic topic = new Topic("room:1");
        Recorder live = node.live(topic);
        Cursor start = live.cursor();
        node.publishMany(topic, 200);
        live.awaitCount(200);
        Recorder resumed = node.subscribe(new StartPosition.After(start), topic).awaitCount(200);
        node.publish(topic, "200");
        resumed.awaitCount(201);
        assertThat(resumed.texts()).isEqualTo(numbers(0, 201));
        assertThat(node.metric("ring.misses")).isEqualTo(1);
        assertThat(node.metric("ring.events")).isLessThanOrEqualTo(8);
        assertThat(resumed.objections()).isEmpty();
    }

    @Test
    void subscribersThatResumeTogetherShareTheirPages() {
        Topic topic = new Topic("room:1");
        node.publish(topic, "first");
        Recorder probe = node.live(topic);
        Cursor start = probe.cursor();
        node.publishMany(topic, 12);
        probe.awaitCount(12);
        double pages = node.metric("pages");
        List<Recorder> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            all.add(node.subscribe(new StartPosition.After(start), topic));
        }
        all.forEach(one -> assertThat(one.awaitCount(12).texts()).isEqualTo(numbers(0, 12)));
        assertThat(node.metric("pages") - pages).isLessThan(100);
    }

    @Test
    void aTimeIsAPlaceToStartFrom() {
        Topic topic = new Topic("room:1");
        node.publishMany(topic, 10);
        Recorder live =
                node.subscribe(new StartPosition.From(Instant.EPOCH), topic).awaitCount(10);
        Instant sixth = live.events().get(5).timestamp();
        Recorder later = node.subscribe(new StartPosition.From(sixth), topic).awaitCount(5);
        assertThat(later.texts()).isEqualTo(numbers(5, 10));
        Recorder future = node.subscribe(new StartPosition.From(Instant.now().plusSeconds(60)), topic);
        future.opening();
        node.publish(topic, "10");
        assertThat(future.awaitCount(1).texts()).containsExactly("10");
    }

    @Test
    void severalTopicsComeInStreamOrder() {
        Topic a = new Topic("a");
        Topic b = new Topic("b");
        Topic c = new Topic("c");
        Cursor start = node.live(a).cursor();
        for (int i = 0; i < 150; i++) {
            node.publishLater(i % 3 == 0 ? a : i % 7 == 0 ? c : b, Integer.toString(i));
        }
        node.publish(c, "150");
        Recorder merged =
                node.subscribe(new StartPosition.After(start), a, b, c).awaitCount(151);
        for (int i = 151; i < 300; i++) {
            node.publishLater(i % 2 == 0 ? a : b, Integer.toString(i));
        }
        merged.awaitCount(300);
        assertThat(merged.texts()).isEqualTo(numbers(0, 300));
        assertThat(merged.sequences()).isSorted();
    }

    @Test
    void aCursorAheadOfThisNodeNeitherLosesNorRepeats() {
        Topic topic = new Topic("room:1");
        Recorder slow = node.live(topic);
        slow.opening();
        Topic other = new Topic("room:2");
        long ahead = node.publish(other, "x");
        Recorder resumed = node.subscribe(new StartPosition.After(new Cursor(node.store.epoch(), ahead)), topic);
        assertThat(resumed.opening().recovered()).isTrue();
        assertThat(resumed.cursor().sequence()).isEqualTo(ahead);
        node.publishMany(topic, 3);
        assertThat(resumed.awaitCount(3).texts()).isEqualTo(numbers(0, 3));
    }

    @Test
    void aCursorAheadOfTheStreamIsOfAnotherEpoch() {
        Topic topic = new Topic("room:1");
        long last = node.publish(topic, "x");
        Recorder ahead = node.subscribe(new StartPosition.After(new Cursor(node.store.epoch(), last + 1)), topic);
        assertThat(ahead.opening().recovered()).isFalse();
        assertThat(ahead.opening().reason()).isEqualTo(UnrecoveredReason.EPOCH_CHANGED);
        Recorder foreign = node.subscribe(new StartPosition.After(new Cursor(node.store.epoch() + 1, last)), topic);
        assertThat(foreign.opening().reason()).isEqualTo(UnrecoveredReason.EPOCH_CHANGED);
        node.publish(topic, "y");
        assertThat(foreign.awaitCount(1).texts()).containsExactly("y");
        assertThat(ahead.awaitCount(1).texts()).containsExactly("y");
    }

    @Test
    void whatRetentionRemovedIsSaid() throws Exception {
        Topic topic = new Topic("room:1");
        node.publishMany(topic, 50);
        Cursor start = new Cursor(node.store.epoch(), 5);
        String stream = node.store.subjects().stream();
        node.publisher
                .jetStreamManagement()
                .purgeStream(stream, PurgeOptions.builder().sequence(20).build());
        Recorder trimmed = node.subscribe(new StartPosition.After(start), topic);
        assertThat(trimmed.opening().recovered()).isFalse();
        assertThat(trimmed.opening().reason()).isEqualTo(UnrecoveredReason.TRIMMED);
        Recorder whole = node.subscribe(new StartPosition.After(new Cursor(node.store.epoch(), 19)), topic);
        assertThat(whole.awaitCount(31).texts()).isEqualTo(numbers(19, 50));
        assertThat(whole.opening().recovered()).isTrue();
        node.publish(topic, "50");
        assertThat(trimmed.awaitCount(1).texts()).containsExactly("50");
    }

    @Test
    void whatRetentionRemovesDuringAReplayEndsIt() throws Exception {
        Topic topic = new Topic("room:1");
        node.publishMany(topic, 500);
        Recorder replayed = new Recorder();
        replayed.onEvent = event -> {
            FeedSubscription subscription = replayed.subscription;
            if (event.sequence() == 3 && subscription != null) {
                subscription.pauseReplay(true);
            }
        };
        node.subscribe(replayed, new StartPosition.After(new Cursor(node.store.epoch(), 0)), topic)
                .awaitCount(16);
        node.publisher
                .jetStreamManagement()
                .purgeStream(
                        node.store.subjects().stream(),
                        PurgeOptions.builder().sequence(300).build());
        FeedSubscription subscription = replayed.subscription;
        if (subscription != null) {
            replayedContext(replayed, () -> subscription.pauseReplay(false));
        }
        assertThat(replayed.awaitFailure()).isInstanceOf(ConnectionEnd.HistoryTrimmed.class);
        assertThat(replayed.sequences()).isSorted().doesNotHaveDuplicates();
        assertThat(replayed.count()).isLessThan(300);
    }

    /** Runs on the loop of the recorder's subscription. */
    private void replayedContext(Recorder recorder, Runnable task) {
        if (recorder.subscription instanceof Subscriber subscriber) {
            subscriber.loop.context.runOnContext(v -> task.run());
        }
    }

    @Test
    void ephemeralEventsReachLiveSubscribersAndNobodyElse() {
        Topic topic = new Topic("room:1");
        Recorder live = node.live(topic);
        Cursor start = live.cursor();
        node.publishEphemeral(topic, "typing");
        live.awaitCount(1);
        assertThat(live.events().get(0).cursor()).isNull();
        node.publish(topic, "said");
        live.awaitCount(2);
        Recorder resumed = node.subscribe(new StartPosition.After(start), topic).awaitCount(1);
        assertThat(resumed.texts()).containsExactly("said");
    }

    @Test
    void aListenerThatThrowsEndsAloneAndOthersGoOn() {
        Topic topic = new Topic("room:1");
        Recorder good = node.live(topic);
        Recorder bad = new Recorder();
        bad.onEvent = event -> {
            throw new IllegalStateException("on purpose");
        };
        node.subscribe(bad, new StartPosition.Live(), topic);
        Recorder alsoGood = node.live(topic);
        good.opening();
        bad.opening();
        alsoGood.opening();
        node.publishMany(topic, 10);
        assertThat(good.awaitCount(10).texts()).isEqualTo(numbers(0, 10));
        assertThat(alsoGood.awaitCount(10).texts()).isEqualTo(numbers(0, 10));
        assertThat(bad.awaitFailure()).isInstanceOf(AvailabilityError.Internal.class);
        assertThat(bad.count()).isEqualTo(1);
    }

    @Test
    void unsubscribingInsideAnEventIsFinal() {
        Topic topic = new Topic("room:1");
        List<Recorder> all = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            Recorder recorder = new Recorder();
            if (i % 2 == 0) {
                recorder.onEvent = event -> {
                    FeedSubscription subscription = recorder.subscription;
                    if (subscription != null) {
                        subscription.close();
                    }
                };
            }
            all.add(node.subscribe(recorder, new StartPosition.Live(), topic));
        }
        all.forEach(Recorder::opening);
        node.publishMany(topic, 5);
        for (int i = 0; i < 9; i++) {
            if (i % 2 == 1) {
                assertThat(all.get(i).awaitCount(5).texts()).isEqualTo(numbers(0, 5));
            }
        }
        for (int i = 0; i < 9; i += 2) {
            assertThat(all.get(i).texts()).containsExactly("0");
        }
    }

    @Test
    void interestIsCountedAndDroppedAfterTheLastSubscriberLeft() throws Exception {
        Topic topic = new Topic("room:interest");
        String subject = node.store.subjects().live(FeedNode.TENANT, FeedNode.PROJECT, topic);
        Recorder one = node.live(topic);
        Recorder two = node.live(topic);
        one.opening();
        two.opening();
        assertThat(subscriptionsOnServer(subject)).isEqualTo(1);
        closeOnItsLoop(one);
        node.publish(topic, "still");
        assertThat(two.awaitCount(1).texts()).containsExactly("still");
        closeOnItsLoop(two);
        Eventually.await("the server has no such subscription", () -> subscriptionsOnServer(subject) == 0);
        Eventually.await("no topic is left", () -> node.metric("topics") == 0);
        assertThat(one.count()).isZero();
    }

    @Test
    void closingWhileATopicIsBeingActivatedLeavesNothingBehind() {
        for (int i = 0; i < 50; i++) {
            Recorder recorder = new Recorder();
            Topic topic = new Topic("room:" + i);
            node.context().runOnContext(v -> {
                FeedSubscription subscription = node.feed.subscribe(
                        new dev.sandpiper.runtime.events.FeedRequest(
                                FeedNode.TENANT, FeedNode.PROJECT, List.of(topic), new StartPosition.Live()),
                        recorder);
                recorder.subscription = subscription;
                subscription.close();
            });
        }
        Eventually.await(
                "topics were activated and dropped", () -> node.metric("topics") == 0 && node.metric("replays") == 0);
    }

    private void closeOnItsLoop(Recorder recorder) {
        FeedSubscription subscription = recorder.subscription;
        if (subscription != null) {
            replayedContext(recorder, subscription::close);
        }
    }

    private static int subscriptionsOnServer(String subject) throws Exception {
        String monitoring = NatsFixture.shared().monitoringUrl();
        try (HttpClient client = HttpClient.newHttpClient()) {
            String body = client.send(
                            HttpRequest.newBuilder(URI.create(monitoring + "/connz?subs=1&limit=1000"))
                                    .timeout(Duration.ofSeconds(5))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
            return body.split("\"" + subject.replace(".", "\\.") + "\"", -1).length - 1;
        }
    }
}
