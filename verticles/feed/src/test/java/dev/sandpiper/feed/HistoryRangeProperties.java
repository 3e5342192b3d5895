package dev.sandpiper.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.domain.TopicPattern;
import dev.sandpiper.runtime.events.EndPosition;
import dev.sandpiper.runtime.events.EventFilter;
import dev.sandpiper.runtime.events.HistoryPage;
import dev.sandpiper.runtime.events.HistoryRequest;
import dev.sandpiper.runtime.events.StartPosition;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import org.jspecify.annotations.Nullable;

/** History with an upper bound, over several topics, and with a filter. */
class HistoryRangeProperties {
    private static final AtomicInteger ROUNDS = new AtomicInteger();
    private static @Nullable FeedNode shared;

    private record Published(Topic topic, long sequence, String text) {}

    private static synchronized FeedNode node() {
        FeedNode node = shared;
        if (node == null) {
            node = FeedNode.start(FeedNode.small(32));
            shared = node;
        }
        return node;
    }

    /** A pattern looks at what the rounds before have left: a new stream once in a while keeps that short. */
    private static int nextRound() {
        int round = ROUNDS.incrementAndGet();
        if (round % 20 == 0) {
            close();
        }
        return round;
    }

    @AfterContainer
    static synchronized void close() {
        FeedNode node = shared;
        if (node != null) {
            node.close();
            shared = null;
        }
    }

    @Property(tries = 150)
    @Label("Property 30 holds for bounds, patterns and filters")
    void pagesAddUpToExactlyWhatIsAskedFor(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 120) int count,
            @ForAll @IntRange(min = 1, max = 40) int limit,
            @ForAll boolean backward,
            @ForAll boolean filtered) {
        Random random = new Random(seed);
        int round = nextRound();
        List<Published> all = publish(random, round, count);
        // Topics of the round are a.<round>.x, a.<round>.xy, a.<round>.y and b<round>.
        String prefix = List.of(
                        "a." + round + ".x", "a." + round + ".", "a." + round, "b" + round, "a." + round + ".x*")
                .get(random.nextInt(5));
        var pattern = new TopicPattern(prefix.endsWith("*") ? prefix.substring(0, prefix.length() - 1) : prefix + "*");
        Published lower = all.get(random.nextInt(count));
        Published upper = all.get(random.nextInt(count));
        Cursor since = !backward && random.nextBoolean() ? cursor(lower.sequence) : null;
        EndPosition until = switch (random.nextInt(3)) {
            case 0 -> null;
            case 1 -> new EndPosition.Through(cursor(upper.sequence));
            default -> new EndPosition.Before(timeOf(upper));
        };
        EventFilter filter = filtered ? event -> text(event).endsWith("7") : null;

        List<String> wanted = new ArrayList<>(all.stream()
                .filter(one -> pattern.matches(one.topic))
                .filter(one -> since == null || one.sequence > since.sequence())
                .filter(one -> until == null || one.sequence <= last(until, all))
                .filter(one -> !filtered || one.text.endsWith("7"))
                .map(one -> one.sequence + ":" + one.text)
                .toList());
        if (backward) {
            Collections.reverse(wanted);
        }
        List<String> found = new ArrayList<>();
        Cursor next = since;
        boolean more = true;
        for (int pages = 0; more; pages++) {
            // A page may end early, for it looks at other topics too.
            assertThat(pages).isLessThanOrEqualTo(1_000);
            HistoryPage page = node().history(request(pattern, next, until, filter, backward, limit));
            assertThat(page.events().size()).isLessThanOrEqualTo(limit);
            page.events().forEach(event -> found.add(event.sequence() + ":" + text(event)));
            next = page.next();
            more = page.more();
        }
        assertThat(found).isEqualTo(wanted);
    }

    @Property(tries = 100)
    void aSubscriptionBeginsWithTheNewestEventsOfAllItsTopics(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 80) int count,
            @ForAll @IntRange(min = 1, max = 50) int newest,
            @ForAll @IntRange(min = 1, max = 3) int topics) {
        Random random = new Random(seed);
        int round = nextRound();
        List<Published> all = publish(random, round, count);
        List<Topic> wanted = topics(round).subList(0, topics);
        List<Published> of =
                all.stream().filter(one -> wanted.contains(one.topic)).toList();
        List<String> expected = new ArrayList<>(of.subList(Math.max(0, of.size() - newest), of.size()).stream()
                .map(one -> one.text)
                .toList());

        Recorder recorder = node().subscribe(new StartPosition.Newest(newest), wanted.toArray(Topic[]::new));
        assertThat(recorder.opening().recovered()).isTrue();
        node().publish(wanted.get(0), "live");
        expected.add("live");
        recorder.awaitCount(expected.size());
        assertThat(recorder.events().stream().map(HistoryRangeProperties::text)).isEqualTo(expected);
        // From memory, this time.
        Recorder again = node().subscribe(new StartPosition.Newest(1), wanted.get(0));
        again.awaitCount(1);
        assertThat(text(again.events().get(0))).isEqualTo("live");
        node().close(recorder);
        node().close(again);
    }

    @Example
    void aPageLooksAtABoundedNumberOfEventsAndSaysHowFarItCame() {
        Topic topic = new Topic("many:" + ROUNDS.incrementAndGet());
        node().publishMany(topic, 12_000);
        node().publish(topic, "needle");
        TopicPattern pattern = TopicPattern.of(topic);
        EventFilter filter = event -> text(event).equals("needle");
        HistoryPage page = node().history(request(pattern, null, null, filter, false, 10));
        assertThat(page.events()).isEmpty();
        assertThat(page.more()).isTrue();
        while (page.more()) {
            Cursor before = page.next();
            page = node().history(request(pattern, before, null, filter, false, 10));
            assertThat(page.next().sequence()).isGreaterThan(before.sequence());
        }
        assertThat(page.events()).hasSize(1);
        HistoryPage newest =
                node().history(request(pattern, null, null, event -> text(event).equals("0"), true, 1));
        assertThat(newest.events()).isEmpty();
        assertThat(newest.more()).isTrue();
    }

    @Example
    void anUpperBoundOfAnotherStreamIsRefused() {
        var foreign = new EndPosition.Through(new Cursor(node().store.epoch() + 1, 1));
        assertThatExceptionOfType(PlatformException.class)
                .isThrownBy(() -> node().history(request(new TopicPattern("a"), null, foreign, null, false, 1)))
                .satisfies(e -> assertThat(e.error().code()).isEqualTo("INVALID_CURSOR"));
    }

    private static HistoryRequest request(
            TopicPattern topics,
            @Nullable Cursor since,
            @Nullable EndPosition until,
            @Nullable EventFilter filter,
            boolean backward,
            int limit) {
        return new HistoryRequest(
                FeedNode.TENANT, FeedNode.PROJECT, topics, since, null, until, filter, backward, limit, false);
    }

    private static List<Topic> topics(int round) {
        return List.of(
                new Topic("a." + round + ".x"),
                new Topic("a." + round + ".xy"),
                new Topic("a." + round + ".y"),
                new Topic("b" + round));
    }

    private static List<Published> publish(Random random, int round, int count) {
        List<Topic> topics = topics(round);
        List<CompletableFuture<Published>> acks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Topic topic = topics.get(random.nextInt(topics.size()));
            String text = Integer.toString(i);
            acks.add(node().publishLater(topic, text).thenApply(ack -> new Published(topic, ack.getSeqno(), text)));
        }
        return acks.stream().map(CompletableFuture::join).toList();
    }

    private static long last(EndPosition until, List<Published> all) {
        return switch (until) {
            case EndPosition.Through bound -> bound.cursor().sequence();
            case EndPosition.Before bound ->
                all.stream()
                        .filter(one -> timeOf(one).isBefore(bound.time()))
                        .mapToLong(one -> one.sequence)
                        .max()
                        .orElse(0);
        };
    }

    private static Cursor cursor(long sequence) {
        return new Cursor(node().store.epoch(), sequence);
    }

    private static String text(StoredEvent event) {
        return new String(event.data(), StandardCharsets.UTF_8);
    }

    private static Instant timeOf(Published event) {
        return FeedNode.await(
                node().store.read(event.sequence).map(stored -> stored == null ? Instant.MAX : stored.timestamp()));
    }
}
