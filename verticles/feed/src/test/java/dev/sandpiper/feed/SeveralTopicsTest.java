package dev.sandpiper.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.runtime.events.StartPosition;
import dev.sandpiper.testkit.Eventually;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** One subscription to several topics, of which one misses what the server stored without announcing it. */
class SeveralTopicsTest {
    private static final Topic A = new Topic("a");
    private static final Topic B = new Topic("b");
    private static final Topic QUIET = new Topic("quiet");
    private static final FeedConfig TIGHT = FeedNode.config(Map.of("MERGE_EVENTS", "16", "PAGE_EVENTS", "16"));

    private static List<String> numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(Integer::toString).toList();
    }

    /** A server that elects a leader stores nothing for seconds; more than one tells the feed. */
    private static void awaitElection() {
        long silence = System.nanoTime();
        Eventually.await("an election is over", () -> System.nanoTime() - silence > 1_100_000_000L);
    }

    @Test
    void anEventThatNobodyAnnouncedIsNotOvertakenByAnotherTopicOfASubscription() throws Exception {
        try (FeedNode node = FeedNode.start()) {
            Recorder merged = node.live(A, B, QUIET);
            merged.opening();
            node.publish(B, "0");
            merged.awaitCount(1);
            // As a leader does that dies in between, after which nothing is stored until there is another one.
            node.announce(false);
            node.publish(A, "1");
            node.announce(true);
            awaitElection();
            node.publish(B, "2");
            assertThat(merged.awaitCount(3).texts()).isEqualTo(numbers(0, 3));
            // Within an era nobody needs to be asked.
            double refills = node.metric("refills");
            node.publish(B, "3");
            node.publish(A, "4");
            assertThat(merged.awaitCount(5).texts()).isEqualTo(numbers(0, 5));
            assertThat(node.metric("refills")).isEqualTo(refills);
            assertThat(merged.objections()).isEmpty();
        }
    }

    @Test
    void aSubscriptionThatResumesWaitsForWhatNobodyAnnounced() throws Exception {
        try (FeedNode node = FeedNode.start()) {
            Recorder a = node.live(A);
            Recorder b = node.live(B);
            a.opening();
            Cursor start = b.cursor();
            node.announce(false);
            node.publish(A, "0");
            node.announce(true);
            awaitElection();
            node.publish(B, "1");
            b.awaitCount(1);
            // Topic A is live on this node, and has not heard of its event.
            Recorder merged = node.subscribe(new StartPosition.After(start), A, B);
            assertThat(merged.awaitCount(2).texts()).isEqualTo(numbers(0, 2));
        }
    }

    @Test
    void whatWaitsForAGapIsBoundedAndReadAgain() throws Exception {
        try (FeedNode node = FeedNode.start(TIGHT)) {
            Recorder merged = node.live(A, B, QUIET);
            merged.opening();
            node.publish(A, "0");
            node.publish(B, "1");
            merged.awaitCount(2);
            node.announce(false);
            for (int i = 2; i < 100; i++) {
                node.publish(A, Integer.toString(i));
            }
            node.announce(true);
            for (int i = 100; i < 300; i++) {
                node.publish(i % 2 == 0 ? A : B, Integer.toString(i));
            }
            assertThat(merged.awaitCount(300).texts()).isEqualTo(numbers(0, 300));
            assertThat(node.metric("subscriptions.rejoined")).isPositive();
            node.publish(QUIET, "300");
            node.publish(A, "301");
            assertThat(merged.awaitCount(302).texts()).isEqualTo(numbers(0, 302));
            assertThat(merged.failure()).isNull();
            assertThat(merged.objections()).isEmpty();
        }
    }

    @Test
    void whatTheTopicThatLagsMissedIsReadEvenIfOthersRanAhead() throws Exception {
        try (FeedNode node = FeedNode.start(TIGHT)) {
            Recorder merged = node.live(A, B);
            merged.opening();
            node.publish(A, "0");
            node.announce(false);
            for (int i = 1; i < 50; i++) {
                node.publish(A, Integer.toString(i));
            }
            node.announce(true);
            // With nothing to tell of the gap before it, this one is delivered at once.
            for (int i = 50; i < 60; i++) {
                node.publish(B, Integer.toString(i));
            }
            merged.awaitCount(11);
            for (int i = 60; i < 200; i++) {
                node.publish(i % 2 == 0 ? A : B, Integer.toString(i));
            }
            assertThat(merged.awaitCount(200).texts()).containsExactlyInAnyOrderElementsOf(numbers(0, 200));
            assertThat(node.metric("subscriptions.rejoined")).isPositive();
            assertThat(merged.failure()).isNull();
        }
    }
}
