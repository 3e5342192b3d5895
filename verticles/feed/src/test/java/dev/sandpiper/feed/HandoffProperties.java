package dev.sandpiper.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.runtime.events.StartPosition;
import dev.sandpiper.testkit.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;

@Label("From history to live, while others publish,")
class HandoffProperties {
    private record Reader(Recorder recorder, Set<Topic> topics, long after) {}

    /** Publishes as fast as it is stored, until told to stop. */
    static final class Publishing implements AutoCloseable {
        final Map<Long, Topic> stored = new ConcurrentSkipListMap<>();
        private final FeedNode node;
        private final long first;
        private final AtomicBoolean stop = new AtomicBoolean();
        private final Thread thread;

        Publishing(FeedNode node, List<Topic> topics, long seed, int window) {
            this.node = node;
            this.first = node.lastSequence();
            thread = Thread.ofPlatform().start(() -> {
                Random random = new Random(seed);
                Semaphore room = new Semaphore(window);
                for (int i = 0; !stop.get(); i++) {
                    room.acquireUninterruptibly();
                    Topic topic = topics.get(random.nextInt(topics.size()));
                    node.publishLater(topic, Integer.toString(i)).whenComplete((ack, error) -> {
                        if (ack != null) {
                            stored.put(ack.getSeqno(), topic);
                        }
                        room.release();
                    });
                }
                room.acquireUninterruptibly(window);
            });
        }

        List<Long> expected(Set<Topic> topics, long after) {
            return stored.entrySet().stream()
                    .filter(one -> one.getKey() > after && topics.contains(one.getValue()))
                    .map(Map.Entry::getKey)
                    .toList();
        }

        /** Stops, and finds out about what was stored although its acknowledgement got lost. */
        @Override
        public void close() {
            stop.set(true);
            try {
                thread.join(20_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            assertThat(thread.isAlive()).isFalse();
            long last = node.lastSequence();
            for (long sequence = first + 1; sequence <= last; sequence++) {
                if (!stored.containsKey(sequence)) {
                    Topic topic = node.topicAt(sequence);
                    if (topic != null) {
                        stored.put(sequence, topic);
                    }
                }
            }
        }
    }

    @Property(tries = 40)
    @Label("every subscription gets everything after its start once and in order")
    void nothingIsLostOrRepeated(@ForAll long seed) {
        Random random = new Random(seed);
        FeedConfig config =
                random.nextBoolean() ? FeedNode.small(64) : FeedNode.config(Map.of("OPEN_TIMEOUT", FeedNode.PATIENT));
        try (FeedNode node = FeedNode.start(config)) {
            List<Topic> topics = List.of(new Topic("a"), new Topic("b"), new Topic("c"), new Topic("quiet"));
            List<Topic> busy = topics.subList(0, 3);
            node.publishMany(busy.get(0), 300);
            List<Reader> readers = new ArrayList<>();
            Publishing publishing = new Publishing(node, busy, seed, 1 + random.nextInt(40));
            for (int i = 0; i < 60; i++) {
                List<Topic> chosen = new ArrayList<>(topics);
                while (chosen.size() > 1 && random.nextInt(3) > 0) {
                    chosen.remove(random.nextInt(chosen.size()));
                }
                Long newest = publishing.stored.isEmpty()
                        ? Long.valueOf(300)
                        : ((ConcurrentSkipListMap<Long, Topic>) publishing.stored).lastKey();
                long after = random.nextInt(3) == 0
                        ? newest
                        : Math.max(300, newest - random.nextInt(random.nextBoolean() ? 50 : 5_000));
                boolean live = random.nextInt(4) == 0;
                StartPosition start = live
                        ? new StartPosition.Live()
                        : new StartPosition.After(new Cursor(node.store.epoch(), after));
                Recorder recorder = node.subscribe(start, chosen.toArray(Topic[]::new));
                readers.add(new Reader(recorder, new HashSet<>(chosen), live ? -1 : after));
                if (random.nextBoolean()) {
                    recorder.opening();
                }
            }
            readers.forEach(reader -> reader.recorder.opening());
            publishing.close();
            for (Reader reader : readers) {
                long after = reader.after < 0 ? reader.recorder.cursor().sequence() : reader.after;
                List<Long> expected = publishing.expected(reader.topics, after);
                Eventually.await(
                        "everything has arrived",
                        Duration.ofSeconds(20),
                        () -> reader.recorder.count() >= expected.size() || reader.recorder.failure() != null);
                assertThat(reader.recorder.failure()).isNull();
                assertThat(reader.recorder.opening().recovered()).isTrue();
                assertThat(reader.recorder.sequences()).isEqualTo(expected);
                assertThat(reader.recorder.objections()).isEmpty();
            }
        }
    }
}
