package dev.sandpiper.publisher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.testkit.Events;
import dev.sandpiper.testkit.Eventually;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/**
 * Any event that was published is in JetStream afterwards, with the same bytes and metadata, also after the server was
 * killed and started again.
 */
class PersistenceProperties {
    private static final int BURSTS_PER_KILL = 10;

    @Provide
    Arbitrary<PublishCommand> events() {
        return Events.any(PublisherWorld.TENANT, PublisherWorld.PROJECT);
    }

    @Provide
    Arbitrary<List<PublishCommand>> bursts() {
        return events().list().ofMinSize(1).ofMaxSize(20);
    }

    @Property(tries = 200)
    @Label("**Feature: realtime-saas-platform, Property 29: NATS JetStream persistence**")
    void whatWasPublishedIsStoredAsItWas(@ForAll("events") PublishCommand command) throws Exception {
        PublisherWorld world = Shared.world();
        assertStored(world, command, world.publish(unkeyed(command)));
    }

    @Property(tries = 100, shrinking = ShrinkingMode.OFF)
    @Label("Property 29 holds across kills of the server")
    void whatWasAcknowledgedSurvivesAKillOfTheServer(@ForAll("bursts") List<PublishCommand> commands) throws Exception {
        PublisherWorld world = Killed.world();
        for (PublishCommand command : commands) {
            Killed.PUBLISHED.put(world.publish(unkeyed(command)), command);
        }
        if (++Killed.bursts % BURSTS_PER_KILL == 0) {
            world.nats.server().kill();
            world.nats.server().restart();
            Eventually.await(
                    "publishing works again",
                    () -> world.begin(PublisherWorld.command("probe", "1"))
                            .compose(v -> world.store.refresh())
                            .map(true)
                            .otherwise(false)
                            .await(10, TimeUnit.SECONDS));
            for (var published : Killed.PUBLISHED.entrySet()) {
                assertStored(world, published.getValue(), published.getKey());
            }
        }
    }

    private static void assertStored(PublisherWorld world, PublishCommand command, PublishReceipt receipt)
            throws Exception {
        assertThat(receipt.duplicate()).isFalse();
        StoredEvent event = world.stored(PublisherContract.sequence(receipt));
        assertThat(event).isNotNull();
        if (event != null) {
            assertThat(event.id()).isEqualTo(receipt.id());
            assertThat(event.cursor()).isEqualTo(receipt.cursor());
            assertThat(event.tenant()).isEqualTo(command.tenant());
            assertThat(event.project()).isEqualTo(command.project());
            assertThat(event.topic()).isEqualTo(command.topic());
            assertThat(event.event()).isEqualTo(command.event());
            assertThat(event.data()).isEqualTo(command.data());
            assertThat(event.contentType()).isEqualTo(command.contentType());
            assertThat(event.sender()).isEqualTo(command.sender());
        }
    }

    /** Keys are short here and would meet again; what they do is the contract's business. */
    private static PublishCommand unkeyed(PublishCommand command) {
        return new PublishCommand(
                command.tenant(),
                command.project(),
                command.topic(),
                command.event(),
                command.data(),
                command.contentType(),
                null,
                command.sender(),
                command.deliveryClass());
    }

    /** Opened when first needed, for all tries; its server ends with the JVM. */
    private static final class Shared {
        private static final PublisherWorld WORLD = open(false);

        static PublisherWorld world() {
            return WORLD;
        }
    }

    private static final class Killed {
        private static final PublisherWorld WORLD = open(true);
        private static final Map<PublishReceipt, PublishCommand> PUBLISHED = new LinkedHashMap<>();
        private static int bursts;

        static PublisherWorld world() {
            return WORLD;
        }
    }

    private static PublisherWorld open(boolean own) {
        try {
            return own ? PublisherWorld.own(Map.of()) : PublisherWorld.shared();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
