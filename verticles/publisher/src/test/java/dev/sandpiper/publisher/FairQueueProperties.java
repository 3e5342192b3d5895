package dev.sandpiper.publisher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.publisher.FairQueue.Waiting;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;

/** What may be relied on when events of several tenants wait. */
class FairQueueProperties {
    private static final int MAX_EVENTS = 60;
    private static final long MAX_BYTES = 100_000;

    /** An offer by a tenant, or, with tenant -1, one event that is taken out. */
    record Step(int tenant, int bytes) {}

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Step> offer = Combinators.combine(
                        Arbitraries.integers().between(0, 4),
                        Arbitraries.integers().between(0, 10_000))
                .as(Step::new);
        return Arbitraries.frequencyOf(Tuple.of(3, offer), Tuple.of(1, Arbitraries.just(new Step(-1, 0))))
                .list()
                .ofMaxSize(300);
    }

    @Property(tries = 500)
    void aTenantsEventsComeOutInTheirOrderAndNoneIsLostOrRepeated(@ForAll("steps") List<Step> steps) {
        var queue = new FairQueue(MAX_EVENTS, MAX_BYTES);
        Map<TenantId, Deque<Waiting>> expected = new HashMap<>();
        int clock = 0;
        for (Step step : steps) {
            if (step.tenant() < 0) {
                take(queue, expected);
                continue;
            }
            Waiting event = event(step.tenant(), step.bytes(), clock++);
            if (queue.offer(event)) {
                expected.computeIfAbsent(event.command().tenant(), t -> new ArrayDeque<>())
                        .add(event);
            }
            assertThat(queue.size()).isLessThanOrEqualTo(MAX_EVENTS);
            assertThat(queue.bytes()).isLessThanOrEqualTo(MAX_BYTES);
        }
        while (!queue.isEmpty()) {
            take(queue, expected);
        }
        assertThat(expected.values()).allMatch(Deque::isEmpty);
        assertThat(queue.peek()).isNull();
        assertThat(queue.bytes()).isZero();
    }

    private static void take(FairQueue queue, Map<TenantId, Deque<Waiting>> expected) {
        Waiting next = queue.peek();
        if (next == null) {
            assertThat(queue.isEmpty()).isTrue();
            return;
        }
        assertThat(queue.peek()).isSameAs(next);
        queue.poll();
        assertThat(expected.getOrDefault(next.command().tenant(), new ArrayDeque<>())
                        .poll())
                .isSameAs(next);
    }

    @Property(tries = 300)
    void whoJustCameWaitsForNoMoreThanOneTurnOfEachOther(
            @ForAll @IntRange(min = 1, max = 5) int floods,
            @ForAll @IntRange(min = 0, max = 3_000) int bytes,
            @ForAll @IntRange(min = 0, max = 100) int taken) {
        var queue = new FairQueue(100_000, Long.MAX_VALUE / 2);
        for (int i = 0; i < 500; i++) {
            for (int tenant = 1; tenant <= floods; tenant++) {
                queue.offer(event(tenant, bytes, i));
            }
        }
        for (int i = 0; i < taken; i++) {
            queue.peek();
            queue.poll();
        }
        queue.offer(event(0, 10, 0));
        int before = 0;
        Waiting next = queue.peek();
        while (next != null && !next.command().tenant().equals(tenant(0))) {
            queue.poll();
            before++;
            next = queue.peek();
        }
        assertThat(next).isNotNull();
        // A turn may begin with what is left of the one before.
        int turn = 2 * FairQueue.QUANTUM / (bytes + FairQueue.OVERHEAD) + 1;
        assertThat(before).isLessThanOrEqualTo(floods * turn);
    }

    @Property(tries = 200)
    void tenantsGetTheSameShareOfTheBytesWhateverTheSizeOfTheirEvents(
            @ForAll @IntRange(min = 0, max = 2_000) int small, @ForAll @IntRange(min = 2_000, max = 20_000) int large) {
        var queue = new FairQueue(1_000_000, Long.MAX_VALUE / 2);
        int count = 200;
        int many = count * (large + FairQueue.OVERHEAD) / (small + FairQueue.OVERHEAD) + 1;
        for (int i = 0; i < count; i++) {
            queue.offer(event(0, large, i));
        }
        for (int i = 0; i < many; i++) {
            queue.offer(event(1, small, i));
        }
        long[] sent = new long[2];
        for (int i = 0; i < count / 2; i++) {
            Waiting next = queue.peek();
            assertThat(next).isNotNull();
            if (next != null) {
                sent[next.command().tenant().equals(tenant(0)) ? 0 : 1] += next.bytes() + FairQueue.OVERHEAD;
                queue.poll();
            }
        }
        long tolerance = 2L * FairQueue.QUANTUM + large + FairQueue.OVERHEAD;
        assertThat(Math.abs(sent[0] - sent[1])).isLessThanOrEqualTo(tolerance);
    }

    @Property(tries = 200)
    void thereIsAlwaysRoomForAnotherTenant(@ForAll @IntRange(min = 1, max = 5) int floods) {
        var queue = new FairQueue(MAX_EVENTS, MAX_BYTES);
        List<Integer> held = new ArrayList<>();
        for (int tenant = 1; tenant <= floods; tenant++) {
            int count = 0;
            while (queue.offer(event(tenant, 1, 0))) {
                count++;
            }
            held.add(count);
        }
        assertThat(held.getFirst()).isEqualTo(MAX_EVENTS / 2);
        assertThat(queue.offer(event(0, 1, 0))).isTrue();
    }

    @Property(tries = 200)
    void whatWaitedTooLongIsTakenOutAndTheRestStays(
            @ForAll("steps") List<Step> steps, @ForAll @IntRange(max = 300) int time) {
        var queue = new FairQueue(1_000, Long.MAX_VALUE / 2);
        List<Waiting> old = new ArrayList<>();
        int young = 0;
        int clock = 0;
        for (Step step : steps) {
            if (step.tenant() < 0) {
                continue;
            }
            Waiting event = event(step.tenant(), step.bytes(), clock++);
            assertThat(queue.offer(event)).isTrue();
            if (event.acceptedAt() <= time) {
                old.add(event);
            } else {
                young++;
            }
        }
        assertThat(queue.expire(time)).containsExactlyInAnyOrderElementsOf(old);
        assertThat(queue.size()).isEqualTo(young);
        while (!queue.isEmpty()) {
            queue.peek();
            queue.poll();
        }
        assertThat(queue.bytes()).isZero();
    }

    private static TenantId tenant(int number) {
        return new TenantId("tenant-" + number);
    }

    private static Waiting event(int tenant, int bytes, int acceptedAt) {
        String json = "1".repeat(bytes);
        return new Waiting(
                PublisherWorld.command(tenant(tenant), "t", json, null, DeliveryClass.DURABLE),
                Promise.promise(),
                acceptedAt);
    }
}
