package dev.sandpiper.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.testkit.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An input, its outputs and its acknowledgement, on nodes that die at any moment: each output is there once. */
class AckAndPublishTest {
    private static final Duration ACK_WAIT = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int OUTPUTS = 2;

    /** Deciding, each output, telling JetStream, noting that it is done. */
    private static final int STEPS = OUTPUTS + 3;

    private static ConsumerWorld world;
    private static int consumers;

    private final String name = "c" + ++consumers;
    private final String input = "in" + consumers;
    private final String output = "out" + consumers;

    /** Who goes on where the dead node stopped. */
    enum Heir {
        THE_SAME_CALL_AT_ANOTHER_NODE,
        ANOTHER_WORKER,
        HOUSEKEEPING
    }

    record Crash(int step, boolean done, Heir heir) {}

    static Stream<Crash> crashes() {
        List<Crash> all = new ArrayList<>();
        for (Heir heir : Heir.values()) {
            for (int step = 1; step <= STEPS; step++) {
                all.add(new Crash(step, false, heir));
                all.add(new Crash(step, true, heir));
            }
        }
        return all.stream();
    }

    @BeforeAll
    static void start() throws Exception {
        world = ConsumerWorld.shared(Map.of());
    }

    @AfterAll
    static void stop() {
        world.close();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("crashes")
    void eachOutputIsThereOnceWheneverTheNodeDies(Crash crash) {
        var survivor = world.node(Mortality.IMMORTAL);
        world.create(survivor, name, input, ACK_WAIT, false);
        world.publish(input, "1");
        var doomed = world.node(new Mortality(crash.step(), crash.done()));
        Delivery delivery = world.fetch(doomed, name, 1, PATIENCE).getFirst();

        String answer = world.acknowledge(doomed, name, delivery.token(), outputs("a"));

        assertThat(answer).isEqualTo("EVENT_STORE_UNAVAILABLE");
        inherit(crash.heir(), survivor, delivery);
        assertThat(world.stored(output)).hasSize(OUTPUTS).doesNotHaveDuplicates();
        // All by the same worker, whoever that was: outputs of two workers never mix.
        assertThat(world.stored(output).stream().map(data -> data.charAt(1)).distinct())
                .hasSize(1);
        assertThat(world.fetch(survivor, name, 1, Duration.ZERO)).isEmpty();
        assertThat(pending(survivor)).isZero();
    }

    private void inherit(Heir heir, ConsumerService survivor, Delivery delivery) {
        switch (heir) {
            case THE_SAME_CALL_AT_ANOTHER_NODE ->
                assertThat(world.acknowledge(survivor, name, delivery.token(), outputs("a")))
                        .isEqualTo("done");
            case ANOTHER_WORKER -> work(survivor);
            case HOUSEKEEPING -> {
                Eventually.await("the decision is carried out, if there is one", PATIENCE, () -> {
                    world.call(() -> survivor.tidy(Duration.ZERO));
                    return !world.stored(output).isEmpty() || pending(survivor) == 0 || isUndecided(delivery);
                });
                work(survivor);
            }
        }
    }

    /** As another worker does, whose outputs are different. */
    private void work(ConsumerService survivor) {
        Eventually.await("nothing is pending", Duration.ofSeconds(15), () -> {
            if (pending(survivor) > 0) {
                for (Delivery again : world.fetch(survivor, name, 1, ACK_WAIT)) {
                    assertThat(world.acknowledge(survivor, name, again.token(), outputs("b")))
                            .isEqualTo("done");
                }
            }
            return pending(survivor) == 0;
        });
    }

    private boolean isUndecided(Delivery delivery) {
        Consumer consumer = world.find(name);
        return world.call(() -> world.ledger.prolong(consumer, List.of(delivery.claim())))
                        .getFirst()
                        .reply()
                != null;
    }

    @Test
    void aRepeatedCallIsAnsweredLikeTheFirst() {
        var node = world.node(Mortality.IMMORTAL);
        world.create(node, name, input, ACK_WAIT, false);
        world.publish(input, "1");
        String token = world.fetch(node, name, 1, PATIENCE).getFirst().token();

        assertThat(world.acknowledge(node, name, token, outputs("a"))).isEqualTo("done");
        assertThat(world.acknowledge(node, name, token, outputs("a"))).isEqualTo("done");
        assertThat(world.acknowledge(node, name, token, outputs("b"))).isEqualTo("IDEMPOTENCY_CONFLICT");

        assertThat(world.stored(output)).containsExactly("\"a0\"", "\"a1\"");
    }

    @Test
    void whoeverLostTheDeliveryPublishesNothing() {
        var node = world.node(Mortality.IMMORTAL);
        world.create(node, name, input, ACK_WAIT, false);
        world.publish(input, "1");
        String late = world.fetch(node, name, 1, PATIENCE).getFirst().token();
        String token = world.fetch(node, name, 1, PATIENCE).getFirst().token();

        assertThat(world.acknowledge(node, name, late, outputs("a"))).isEqualTo("STALE_DELIVERY");
        assertThat(world.stored(output)).isEmpty();

        assertThat(world.acknowledge(node, name, token, outputs("b"))).isEqualTo("done");
        assertThat(world.acknowledge(node, name, late, outputs("a"))).isEqualTo("STALE_DELIVERY");
        assertThat(world.stored(output)).containsExactly("\"b0\"", "\"b1\"");
    }

    @Test
    void outputsAreThereOnceThoughTheStreamHasForgottenTheirKeys() throws Exception {
        // The shortest window there is, and a decision that is carried out after it.
        try (var forgetful = ConsumerWorld.shared(Map.of("SANDPIPER_NATS_DEDUPE_WINDOW", "1s"))) {
            var survivor = forgetful.node(Mortality.IMMORTAL);
            forgetful.create(survivor, name, input, Duration.ofSeconds(30), false);
            forgetful.publish(input, "1");
            // Deciding, both outputs, and no acknowledgement.
            var doomed = forgetful.node(new Mortality(OUTPUTS + 2, false));
            String token = forgetful.fetch(doomed, name, 1, PATIENCE).getFirst().token();
            forgetful.acknowledge(doomed, name, token, outputs("a"));
            assertThat(forgetful.stored(output)).hasSize(OUTPUTS);

            forgetful.publishKeyed("later", "1");
            Eventually.await(
                    "the stream takes a repeated key for a new one",
                    Duration.ofSeconds(10),
                    () -> !forgetful.publishKeyed("later", "1").duplicate());
            forgetful.call(() -> survivor.tidy(Duration.ZERO));

            assertThat(forgetful.stored(output)).containsExactly("\"a0\"", "\"a1\"");
            assertThat(forgetful.state(survivor, name).pending()).isZero();
        }
    }

    private long pending(ConsumerService node) {
        return world.state(node, name).pending();
    }

    private String outputs(String worker) {
        var json = new StringBuilder("[");
        for (int i = 0; i < OUTPUTS; i++) {
            json.append(i == 0 ? "" : ",")
                    .append("{\"topic\":\"")
                    .append(output)
                    .append("\",\"data\":\"")
                    .append(worker)
                    .append(i)
                    .append("\"}");
        }
        return json.append(']').toString();
    }
}
