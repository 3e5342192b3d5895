package dev.sandpiper.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.EventId;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

@Label("Whatever happens to live messages, a topic")
class TopicStateProperties {
    /** One topic in a stream that others write to as well, and a network that does its worst. */
    private static final class World implements TopicState.Actions {
        final Random random;
        final List<StoredEvent> stored = new ArrayList<>();
        final List<Long> delivered = new ArrayList<>();
        final Deque<Runnable> answers = new ArrayDeque<>();
        final TopicState state;
        long streamSequence;
        long openedAt = -1;
        boolean held;
        boolean settledWhileHeld;

        World(long seed, int maxHeld) {
            random = new Random(seed);
            state = new TopicState(this, maxHeld, 1 << 20);
        }

        /** Stores an event. @return what would be heard live: the event and the sequence before it */
        Heard publish() {
            streamSequence += 1 + random.nextInt(3);
            long previous = newest();
            StoredEvent event = event(streamSequence);
            stored.add(event);
            return new Heard(event, previous);
        }

        long newest() {
            return stored.isEmpty() ? 0 : stored.get(stored.size() - 1).sequence();
        }

        @Override
        public void deliver(StoredEvent event) {
            delivered.add(event.sequence());
        }

        @Override
        public void duplicate(StoredEvent event) {
            assertThat(event.sequence()).isLessThanOrEqualTo(state.position());
        }

        @Override
        public void hold() {
            assertThat(held).isFalse();
            held = true;
        }

        @Override
        public void release() {
            assertThat(held).isTrue();
            held = false;
        }

        @Override
        public void settled() {
            settledWhileHeld |= held;
        }

        @Override
        public void read(long after, long through, long proof) {
            answers.add(() -> {
                int limit = 1 + random.nextInt(4);
                List<StoredEvent> page = new ArrayList<>();
                for (StoredEvent event : stored) {
                    if (event.sequence() > after && page.size() < limit) {
                        page.add(event);
                    }
                }
                long seen = page.isEmpty() ? after : page.get(page.size() - 1).sequence();
                boolean complete = seen >= Math.min(proof, through + 1);
                state.page(page, seen, complete);
            });
        }

        @Override
        public void readLast() {
            long known = streamSequence;
            answers.add(() -> state.last(newest(), known));
        }

        @Override
        public void opened(long newest) {
            openedAt = state.position();
        }

        void answerAll() {
            for (Runnable next = answers.poll(); next != null; next = answers.poll()) {
                next.run();
            }
        }
    }

    private record Heard(StoredEvent event, long previous) {}

    private static StoredEvent event(long sequence) {
        return new StoredEvent(
                new TenantId("t"),
                new ProjectId("p"),
                new Topic("t"),
                new EventId("0".repeat(26)),
                "message",
                new byte[0],
                null,
                null,
                Instant.EPOCH,
                new Cursor(1, sequence));
    }

    @Property(tries = 2_000)
    @Label("delivers every event after its opening once, in order")
    void everyEventOnceInOrder(
            @ForAll long seed,
            @ForAll @IntRange(min = 0, max = 40) int before,
            @ForAll @IntRange(min = 1, max = 200) int steps,
            @ForAll @IntRange(min = 1, max = 20) int maxHeld) {
        World world = new World(seed, maxHeld);
        for (int i = 0; i < before; i++) {
            world.publish();
        }
        world.readLast();
        Deque<Heard> network = new ArrayDeque<>();
        for (int i = 0; i < steps; i++) {
            switch (world.random.nextInt(10)) {
                case 0, 1, 2, 3 -> network.add(world.publish());
                case 4 -> {
                    // Lost on the way; nobody tells.
                    world.publish();
                }
                case 5 -> {
                    // Overtaken.
                    Heard first = network.poll();
                    if (first != null) {
                        network.addLast(first);
                    }
                }
                case 6 -> {
                    // Twice.
                    Heard first = network.peek();
                    if (first != null) {
                        world.state.live(first.event, first.previous);
                    }
                }
                case 7 -> world.state.verify(world.random.nextBoolean());
                case 8 -> {
                    Runnable answer = world.answers.poll();
                    if (answer != null) {
                        answer.run();
                    }
                }
                default -> {
                    Heard first = network.poll();
                    if (first != null) {
                        world.state.live(first.event, first.previous);
                    }
                }
            }
            // Stream-wide progress of others.
            world.streamSequence += world.random.nextInt(2);
        }
        for (Heard rest : network) {
            world.state.live(rest.event, rest.previous);
        }
        world.answerAll();
        world.state.verify(true);
        world.answerAll();

        List<Long> expected = world.stored.stream()
                .map(StoredEvent::sequence)
                .filter(sequence -> sequence > world.openedAt)
                .toList();
        assertThat(world.delivered).isEqualTo(expected);
        assertThat(world.state.isLive()).isTrue();
        assertThat(world.held).isFalse();
        assertThat(world.settledWhileHeld).isFalse();
        assertThat(world.state.position()).isGreaterThanOrEqualTo(world.newest());
        assertThat(world.state.heldEvents()).isZero();
    }
}
