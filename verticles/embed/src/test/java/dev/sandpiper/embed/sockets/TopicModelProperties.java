package dev.sandpiper.embed.sockets;

import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import dev.sandpiper.embed.sockets.ModelledTopic.Way;
import dev.sandpiper.runtime.nats.Subjects;
import dev.sandpiper.testkit.FaultProxy;
import dev.sandpiper.testkit.NatsFixture;
import io.nats.client.Connection;
import io.nats.client.JetStreamManagement;
import io.nats.client.Nats;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
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

/**
 * Whatever is done to a topic, in whatever order: what its clients are told agrees with a list in memory. The node and NATS are
 * real, and only the choice of what to do next is random.
 */
class TopicModelProperties {
    private static final int STEPS = 12;

    private static @Nullable FaultProxy proxy;
    private static @Nullable TestNode node;
    private static @Nullable TestProject project;
    private static @Nullable Connection nats;

    @BeforeContainer
    static void start() throws IOException, InterruptedException {
        FaultProxy between = FaultProxy.to(NatsFixture.shared().port());
        TestNode started = TestNode.start(Map.of("NATS_URL", "nats://127.0.0.1:" + between.port()));
        proxy = between;
        node = started;
        project = started.createProject();
        nats = Nats.connect(NatsFixture.shared().url());
    }

    @AfterContainer
    static void stop() throws InterruptedException {
        Objects.requireNonNull(nats).close();
        Objects.requireNonNull(node).close();
        Objects.requireNonNull(proxy).close();
    }

    @Property(tries = 100, shrinking = ShrinkingMode.OFF)
    void clientsAreToldWhatTheListSays(@ForAll("lives") ActionChain<ModelledTopic> life) {
        try {
            life.run();
        } finally {
            life.finalState().ifPresent(ModelledTopic::close);
        }
    }

    @Provide
    Arbitrary<ActionChain<ModelledTopic>> lives() {
        return ActionChain.startWith(TopicModelProperties::topic)
                .withAction(6, counted("publish", ModelledTopic::publish))
                .withAction(2, picked("publish again", ModelledTopic::publishAgain))
                .withAction(1, picked("publish otherwise", ModelledTopic::publishOtherwise))
                .withAction(5, resume())
                .withAction(2, attach())
                .withAction(1, plain("detach", ModelledTopic::detach))
                .withAction(1, plain("break", ModelledTopic::breakConnection))
                .withAction(2, picked("trim", ModelledTopic::trim))
                .withMaxTransformations(STEPS);
    }

    private static ModelledTopic topic() {
        TestNode started = Objects.requireNonNull(node);
        try {
            JetStreamManagement streams = Objects.requireNonNull(nats).jetStreamManagement();
            return new ModelledTopic(
                    started,
                    Objects.requireNonNull(project),
                    Objects.requireNonNull(proxy),
                    streams,
                    new Subjects(Objects.requireNonNull(started.settings().get("SANDPIPER_NATS_NAMESPACE"))));
        } catch (IOException e) {
            throw new AssertionError("no JetStream", e);
        }
    }

    private static Action.Independent<ModelledTopic> counted(String name, BiConsumer<ModelledTopic, Integer> step) {
        return () -> Arbitraries.integers().between(1, 5).map(count -> step(name + " " + count, step, count));
    }

    private static Action.Independent<ModelledTopic> picked(String name, BiConsumer<ModelledTopic, Integer> step) {
        return () -> picks().map(pick -> step(name + " " + pick, step, pick));
    }

    private static Action.Independent<ModelledTopic> plain(String name, Consumer<ModelledTopic> step) {
        return () -> Arbitraries.just(Transformer.mutate(name, step));
    }

    private static Action.Independent<ModelledTopic> resume() {
        return () -> Combinators.combine(picks(), Arbitraries.of(Way.class))
                .as((pick, way) ->
                        Transformer.mutate("resume " + pick + " by " + way, topic -> topic.resume(pick, way)));
    }

    private static Action.Independent<ModelledTopic> attach() {
        return () -> Combinators.combine(picks(), Arbitraries.of(true, false))
                .as((pick, resuming) -> Transformer.mutate(
                        "attach " + (resuming ? "after " + pick : "live"), topic -> topic.attach(pick, resuming)));
    }

    private static Transformer<ModelledTopic> step(
            String name, BiConsumer<ModelledTopic, Integer> step, Integer argument) {
        return Transformer.mutate(name, topic -> step.accept(topic, argument));
    }

    /** Taken modulo the number of events there are. */
    private static Arbitrary<Integer> picks() {
        return Arbitraries.integers().between(0, 1_000);
    }
}
