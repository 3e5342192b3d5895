package dev.sandpiper.consumers;

import java.util.Map;
import java.util.function.Predicate;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.state.Action;
import net.jqwik.api.state.ActionChain;
import net.jqwik.api.state.Transformer;
import org.jspecify.annotations.Nullable;

/** Whatever publishers, workers and dying nodes do to a consumer, it does what a simple model of it does. */
class ConsumerModelProperties {
    private static final int STEPS = 8;
    private static final int EFFECTS = 5;

    private static @Nullable ConsumerWorld world;

    @BeforeContainer
    static void start() throws Exception {
        world = ConsumerWorld.shared(Map.of());
    }

    @AfterContainer
    static void stop() {
        world().close();
    }

    private static ConsumerWorld world() {
        ConsumerWorld open = world;
        if (open == null) {
            throw new IllegalStateException("not started");
        }
        return open;
    }

    @Property(tries = 100, shrinking = ShrinkingMode.OFF)
    void aConsumerDoesWhatItsModelDoesAndInOrderWhenItIsOrdered(@ForAll("chains") ActionChain<ConsumerRun> chain) {
        chain.run().finish();
    }

    @Provide
    Arbitrary<ActionChain<ConsumerRun>> chains() {
        return Arbitraries.of(true, false).flatMap(ConsumerModelProperties::chains);
    }

    private static Arbitrary<ActionChain<ConsumerRun>> chains(boolean ordered) {
        return ActionChain.startWith(() -> new ConsumerRun(world(), ordered))
                .withAction(8, Action.just("publish", Transformer.mutate("publish", ConsumerRun::publish)))
                .withAction(8, fetch())
                .withAction(4, word("acknowledge", (run, node, pick) -> run.acknowledge(node, pick, false)))
                .withAction(4, word("publish and acknowledge", (run, node, pick) -> run.acknowledge(node, pick, true)))
                .withAction(2, word("terminate", ConsumerRun::terminate))
                .withAction(3, word("refuse", ConsumerRun::refuse))
                .withAction(2, word("prolong", ConsumerRun::prolong))
                .withAction(3, dyingNode())
                .withAction(1, dyingWorker())
                .withMaxTransformations(STEPS);
    }

    /** Something that can be done in many ways, when it can be done. */
    private record Step(Predicate<ConsumerRun> when, Arbitrary<Transformer<ConsumerRun>> transformer)
            implements Action.Independent<ConsumerRun> {
        @Override
        public boolean precondition(ConsumerRun run) {
            return when.test(run);
        }
    }

    private interface Word {
        void say(ConsumerRun run, int node, int pick);
    }

    private static Step fetch() {
        return new Step(
                run -> true,
                Combinators.combine(node(), Arbitraries.integers().between(1, 5))
                        .as((node, batch) -> Transformer.mutate(
                                "fetch up to " + batch + " at node " + node, run -> run.fetch(node, batch))));
    }

    private static Step word(String what, Word word) {
        return new Step(
                ConsumerRun::hasDeliveries,
                Combinators.combine(node(), pick())
                        .as((node, pick) -> Transformer.mutate(
                                what + " " + pick + " at node " + node, run -> word.say(run, node, pick))));
    }

    private static Step dyingNode() {
        return new Step(
                ConsumerRun::hasDeliveries,
                Combinators.combine(pick(), Arbitraries.integers().between(1, EFFECTS), Arbitraries.of(true, false))
                        .as((pick, step, done) -> Transformer.mutate(
                                "acknowledge " + pick + " at a node that dies at step " + step
                                        + (done ? ", done" : ", not done"),
                                run -> run.acknowledgeTwice(pick, new Mortality(step, done)))));
    }

    private static Step dyingWorker() {
        return new Step(
                ConsumerRun::hasSomethingOut,
                node().map(node -> Transformer.mutate("a worker dies", run -> run.die(node))));
    }

    private static Arbitrary<Integer> node() {
        return Arbitraries.integers().between(0, 1);
    }

    private static Arbitrary<Integer> pick() {
        return Arbitraries.integers().between(0, 999);
    }
}
