package dev.sandpiper.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.runtime.events.FeedRequest;
import dev.sandpiper.runtime.events.HistoryPage;
import dev.sandpiper.runtime.events.HistoryRequest;
import dev.sandpiper.runtime.events.StartPosition;
import io.nats.client.api.PublishAck;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

class ReplayProperties {
    private static final AtomicInteger ROUNDS = new AtomicInteger();
    private static final List<TenantId> TENANTS = List.of(new TenantId("acme"), new TenantId("umbrella"));

    private static @Nullable FeedNode shared;

    private record Place(TenantId tenant, Topic topic) {}

    private record Published(Place place, long sequence, String text) {}

    @BeforeContainer
    static void start() {
        shared = FeedNode.start(FeedNode.small());
    }

    @AfterContainer
    static void stop() {
        node().close();
    }

    private static FeedNode node() {
        FeedNode node = shared;
        if (node == null) {
            throw new IllegalStateException("not started");
        }
        return node;
    }

    /** Events of two tenants in three topics of the same names, mixed. */
    private static List<Published> publish(Random random, int count) {
        int round = ROUNDS.incrementAndGet();
        List<Place> places = new ArrayList<>();
        for (TenantId tenant : TENANTS) {
            for (int i = 0; i < 3; i++) {
                places.add(new Place(tenant, new Topic("replay:" + round + "." + i)));
            }
        }
        List<Place> chosen = new ArrayList<>();
        List<CompletableFuture<PublishAck>> acks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Place place = places.get(random.nextInt(places.size()));
            chosen.add(place);
            acks.add(node().publishLater(place.tenant, FeedNode.PROJECT, place.topic, "e" + i));
        }
        List<Published> published = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            published.add(new Published(chosen.get(i), acks.get(i).join().getSeqno(), "e" + i));
        }
        return published;
    }

    private static List<String> texts(List<StoredEvent> events) {
        return events.stream()
                .map(event ->
                        event.sequence() + ":" + new String(event.data(), java.nio.charset.StandardCharsets.UTF_8))
                .toList();
    }

    private static List<String> expected(
            List<Published> published, TenantId tenant, List<Topic> topics, long after, long before) {
        return published.stream()
                .filter(one -> one.place.tenant.equals(tenant) && topics.contains(one.place.topic))
                .filter(one -> one.sequence > after && one.sequence < before)
                .map(one -> one.sequence + ":" + one.text)
                .toList();
    }

    private static Recorder subscribe(TenantId tenant, List<Topic> topics, StartPosition start) {
        Recorder recorder = new Recorder();
        node().context()
                .runOnContext(v -> recorder.subscription =
                        node().feed.subscribe(new FeedRequest(tenant, FeedNode.PROJECT, topics, start), recorder));
        return recorder;
    }

    @Property(tries = 150)
    @Label("**Feature: realtime-saas-platform, Property 30: Cursor-based event replay**")
    void aSubscriptionReplaysExactlyWhatFollowsItsStart(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 120) int count,
            @ForAll @IntRange(min = 1, max = 3) int topicCount) {
        Random random = new Random(seed);
        List<Published> published = publish(random, count);
        TenantId tenant = TENANTS.get(random.nextInt(2));
        int round = ROUNDS.get();
        List<Topic> topics = new ArrayList<>();
        for (int i = 0; i < topicCount; i++) {
            topics.add(new Topic("replay:" + round + "." + i));
        }
        Published mark = published.get(random.nextInt(count));
        boolean byTime = random.nextInt(4) == 0;
        long after = byTime ? mark.sequence - 1 : mark.sequence - random.nextInt(2);
        StartPosition start = byTime
                ? new StartPosition.From(timeOf(mark))
                : new StartPosition.After(new Cursor(node().store.epoch(), after));

        Recorder recorder = subscribe(tenant, topics, start);
        assertThat(recorder.opening().recovered()).isTrue();
        List<Published> later = new ArrayList<>(published);
        for (Topic topic : topics) {
            long sequence = node().publishLater(tenant, FeedNode.PROJECT, topic, "end")
                    .join()
                    .getSeqno();
            later.add(new Published(new Place(tenant, topic), sequence, "end"));
        }
        List<String> wanted = expected(later, tenant, topics, after, Long.MAX_VALUE);
        recorder.awaitCount(wanted.size());
        assertThat(texts(recorder.events())).isEqualTo(wanted);
        assertThat(recorder.objections()).isEmpty();
        assertThat(recorder.events()).allSatisfy(event -> {
            assertThat(event.tenant()).isEqualTo(tenant);
            assertThat(topics).contains(event.topic());
        });
        node().close(recorder);
    }

    @Property(tries = 150)
    @Label("Property 30 holds for pages of history")
    void pagesOfHistoryAddUpToExactlyWhatLiesBetween(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 120) int count,
            @ForAll @IntRange(min = 1, max = 40) int limit,
            @ForAll boolean backward) {
        Random random = new Random(seed);
        List<Published> published = publish(random, count);
        TenantId tenant = TENANTS.get(random.nextInt(2));
        Topic topic = new Topic("replay:" + ROUNDS.get() + "." + random.nextInt(3));
        Published mark = published.get(random.nextInt(count));
        Published lower = published.get(random.nextInt(count));
        Cursor since = random.nextInt(4) == 0 ? null : new Cursor(node().store.epoch(), mark.sequence);
        Instant from = random.nextInt(3) == 0 ? timeOf(lower) : null;

        long lowest = from == null ? 0 : lower.sequence - 1;
        List<String> wanted = backward
                ? new ArrayList<>(expected(
                        published, tenant, List.of(topic), lowest, since == null ? Long.MAX_VALUE : mark.sequence))
                : new ArrayList<>(expected(
                        published,
                        tenant,
                        List.of(topic),
                        since == null ? lowest : Math.max(lowest, mark.sequence),
                        Long.MAX_VALUE));
        if (backward) {
            Collections.reverse(wanted);
        }

        List<String> found = new ArrayList<>();
        Cursor next = since;
        boolean more = true;
        for (int pages = 0; more; pages++) {
            assertThat(pages).isLessThanOrEqualTo(count + 1);
            HistoryPage page =
                    node().history(new HistoryRequest(tenant, FeedNode.PROJECT, topic, next, from, backward, limit));
            assertThat(page.opening().recovered()).isTrue();
            assertThat(page.events().size()).isLessThanOrEqualTo(limit);
            if (page.more()) {
                assertThat(page.events()).isNotEmpty();
            }
            found.addAll(texts(page.events()));
            next = page.next();
            more = page.more();
        }
        assertThat(found).isEqualTo(wanted);
        if (!backward) {
            // The end of history is where the future begins.
            long sequence = node().publishLater(tenant, FeedNode.PROJECT, topic, "end")
                    .join()
                    .getSeqno();
            HistoryPage page =
                    node().history(new HistoryRequest(tenant, FeedNode.PROJECT, topic, next, null, false, limit));
            assertThat(texts(page.events())).containsExactly(sequence + ":end");
        }
    }

    /** As the stream has it. */
    private static Instant timeOf(Published event) {
        return FeedNode.await(
                node().store.read(event.sequence).map(stored -> stored == null ? Instant.MAX : stored.timestamp()));
    }
}
