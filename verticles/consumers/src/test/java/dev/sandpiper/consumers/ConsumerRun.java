package dev.sandpiper.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.consumers.ConsumerModel.Out;
import dev.sandpiper.consumers.DeliveryLedger.Kind;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.testkit.Eventually;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One consumer, its two nodes, whatever is done to it, and the model that watches. */
final class ConsumerRun {
    private static final Duration ACK_WAIT = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static int runs;

    private final ConsumerWorld world;
    private final List<ConsumerService> nodes;
    private final ConsumerModel model;
    private final String name;
    private final String input;
    private final String output;

    ConsumerRun(ConsumerWorld world, boolean ordered) {
        this.world = world;
        this.nodes = List.of(world.node(Mortality.IMMORTAL), world.node(Mortality.IMMORTAL));
        this.model = new ConsumerModel(ACK_WAIT, ordered);
        String run = Integer.toString(++runs);
        this.name = "run" + run;
        this.input = "model.in." + run;
        this.output = "model.out." + run;
        world.create(nodes.getFirst(), name, input, ACK_WAIT, ordered);
    }

    boolean hasDeliveries() {
        return !model.outs().isEmpty();
    }

    boolean hasSomethingOut() {
        return model.outs().stream().anyMatch(model::isOut);
    }

    void publish() {
        world.publish(input, Integer.toString(model.published()));
    }

    void fetch(int node, int batch) {
        boolean must = model.mustDeliver();
        List<Out> got = fetch(node, batch, must ? PATIENCE : Duration.ZERO);
        if (must) {
            assertThat(got).as("what waits is delivered").isNotEmpty();
        }
    }

    private List<Out> fetch(int node, int batch, Duration wait) {
        long asked = System.nanoTime();
        return world.fetch(nodes.get(node), name, batch, wait).stream()
                .map(delivery -> model.delivered(
                        Integer.parseInt(new String(delivery.event().data(), StandardCharsets.UTF_8)),
                        delivery.claim().delivery(),
                        delivery.token(),
                        asked))
                .toList();
    }

    /** @param pick of all deliveries there ever were, also of workers who have lost them */
    void acknowledge(int node, int pick, boolean withOutput) {
        Out out = any(pick);
        String published = withOutput ? output(out) : null;
        String expected = model.acknowledged(out, data(published));
        assertThat(world.acknowledge(nodes.get(node), name, out.token, published))
                .as("the acknowledgement of %s", out.item)
                .isEqualTo(expected);
    }

    /** The node dies at it, at any step, and the worker says the same to another. */
    void acknowledgeTwice(int pick, Mortality death) {
        Out out = any(pick);
        String answer = world.acknowledge(world.node(death), name, out.token, output(out));
        String expected = model.acknowledged(out, data(output(out)));
        if (!death.isDead()) {
            assertThat(answer).isEqualTo(expected);
        }
        assertThat(world.acknowledge(nodes.getFirst(), name, out.token, output(out)))
                .as("the repeated acknowledgement of %s", out.item)
                .isEqualTo(expected);
    }

    void terminate(int node, int pick) {
        Out out = any(pick);
        assertThat(code(() -> nodes.get(node)
                        .decide(ConsumerWorld.WORKER, name, List.of(out.token), Kind.TERM, "hopeless", null)))
                .as("the end of %s", out.item)
                .isEqualTo(model.terminated(out));
    }

    void refuse(int node, int pick) {
        Out out = any(pick);
        assertThat(code(() -> nodes.get(node).refuse(ConsumerWorld.WORKER, name, List.of(out.token), Duration.ZERO)))
                .as("the refusal of %s", out.item)
                .isEqualTo(model.refused(out));
    }

    void prolong(int node, int pick) {
        Out out = any(pick);
        long now = System.nanoTime();
        assertThat(code(() -> nodes.get(node).prolong(ConsumerWorld.WORKER, name, List.of(out.token))))
                .as("more time for %s", out.item)
                .isEqualTo(model.prolonged(out, now));
    }

    /** Somebody who has something says nothing more, and another gets it. */
    void die(int node) {
        Out lost = model.outs().stream().filter(model::isOut).findFirst().orElseThrow();
        Eventually.await("event " + lost.item + " of a dead worker goes to another", PATIENCE, () -> {
            fetch(node, 100, ACK_WAIT);
            return !model.isOut(lost);
        });
    }

    /** Everybody does what is left; then everything must be over, and every output there once. */
    void finish() {
        Eventually.await("everything is over", PATIENCE.multipliedBy(2), () -> {
            for (Out out : fetch(0, 100, model.isOver() ? Duration.ZERO : ACK_WAIT)) {
                assertThat(world.acknowledge(nodes.getFirst(), name, out.token, null))
                        .isEqualTo(model.acknowledged(out, null));
            }
            return model.isOver();
        });
        Eventually.await("JetStream says so, too", PATIENCE, () -> {
            ConsumerState state = world.state(nodes.getFirst(), name);
            return state.lag() == 0 && state.pending() == 0;
        });
        assertThat(world.fetch(nodes.getFirst(), name, 10, Duration.ZERO)).isEmpty();
        assertThat(world.stored(output)).containsExactlyInAnyOrderElementsOf(model.outputs());
        // A project has so many and no more.
        world.call(() -> nodes.getFirst().delete(ConsumerWorld.WORKER, name, ConsumerWorld.BY));
    }

    private Out any(int pick) {
        return model.outs().get(pick % model.outs().size());
    }

    /** Says which event and whose worker, so that a second output would show. */
    private String output(Out out) {
        return "[{\"topic\":\"" + output + "\",\"data\":\"" + out.item + " by " + out.token + "\"}]";
    }

    private static @Nullable String data(@Nullable String published) {
        if (published == null) {
            return null;
        }
        return published.substring(published.indexOf("\"data\":") + 7, published.length() - 2);
    }

    private String code(Supplier<Future<List<Outcome>>> word) {
        try {
            Outcome outcome = world.call(word).getFirst();
            return outcome.error() == null ? "done" : outcome.error().code();
        } catch (PlatformException e) {
            return e.error().code();
        }
    }
}
