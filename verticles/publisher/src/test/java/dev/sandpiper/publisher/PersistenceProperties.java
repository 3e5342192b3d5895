package dev.sandpiper.publisher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.services.NatsServer;
import dev.sandpiper.testkit.Events;
import dev.sandpiper.testkit.Eventually;
import dev.sandpiper.testkit.NatsTrio;
import io.nats.client.JetStreamApiException;
import io.nats.client.api.ClusterInfo;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.jspecify.annotations.Nullable;

/**
 * Any event that was published is in JetStream afterwards, with the same bytes and metadata, also after the server, or that of
 * three which leads the stream, was killed and started again.
 */
class PersistenceProperties {
    private static final int BURSTS_PER_KILL = 10;
    private static final int BURSTS_PER_LEADER = 25;
    private static final Duration ELECTION = Duration.ofSeconds(30);

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
            awaitPublishing(world);
            for (var published : Killed.PUBLISHED.entrySet()) {
                assertStored(world, published.getValue(), published.getKey());
            }
        }
    }

    @Property(tries = 100, shrinking = ShrinkingMode.OFF)
    @Label("Property 29 holds across kills of the leader")
    void whatWasAcknowledgedSurvivesAKillOfTheLeader(@ForAll("bursts") List<PublishCommand> commands) throws Exception {
        PublisherWorld world = Led.world();
        for (PublishCommand command : commands) {
            Led.PUBLISHED.put(world.publish(unkeyed(command)), command);
        }
        if (++Led.bursts % BURSTS_PER_LEADER == 0) {
            NatsServer leader = Led.leader();
            leader.kill();
            awaitPublishing(world);
            leader.restart();
            for (var published : Led.PUBLISHED.entrySet()) {
                assertStored(world, published.getValue(), published.getKey());
            }
        }
    }

    private static void awaitPublishing(PublisherWorld world) {
        Eventually.await(
                "publishing works again",
                ELECTION,
                () -> world.begin(PublisherWorld.command("probe", "1"))
                        .compose(v -> world.store.refresh())
                        .map(true)
                        .otherwise(false)
                        .await(10, TimeUnit.SECONDS));
    }

    private static void assertStored(PublisherWorld world, PublishCommand command, PublishReceipt receipt)
            throws Exception {
        assertThat(receipt.duplicate()).isFalse();
        StoredEvent event = read(world, PublisherContract.sequence(receipt));
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
            assertThat(event.headers()).isEqualTo(command.headers());
            assertThat(event.sender()).isEqualTo(command.sender());
        }
    }

    /** Asked again while nobody answers: a server that came back may still be looking for its leader. */
    private static @Nullable StoredEvent read(PublisherWorld world, long sequence) {
        return Eventually.get(
                        "event " + sequence + " is asked for",
                        ELECTION,
                        () -> {
                            try {
                                return List.of(Optional.ofNullable(world.stored(sequence)));
                            } catch (PlatformException e) {
                                if (e.error() instanceof AvailabilityError) {
                                    return List.<Optional<StoredEvent>>of();
                                }
                                throw e;
                            }
                        },
                        answers -> !answers.isEmpty())
                .getFirst()
                .orElse(null);
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
                        command.deliveryClass())
                .withHeaders(command.headers());
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

    private static final class Led {
        private static final NatsTrio TRIO = NatsTrio.start(false);
        private static final PublisherWorld WORLD = open();
        private static final Map<PublishReceipt, PublishCommand> PUBLISHED = new LinkedHashMap<>();
        private static int bursts;

        static PublisherWorld world() {
            return WORLD;
        }

        static NatsServer leader() {
            return TRIO.server(
                    Eventually.get("the stream has a leader", ELECTION, Led::nameOfLeader, name -> !name.isEmpty()));
        }

        /** Empty while there is none, or nobody answers. */
        private static String nameOfLeader() {
            try {
                ClusterInfo info = WORLD.store
                        .connection()
                        .jetStreamManagement()
                        .getStreamInfo(WORLD.store.subjects().stream())
                        .getClusterInfo();
                return info == null || info.getLeader() == null ? "" : info.getLeader();
            } catch (IOException | JetStreamApiException e) {
                return "";
            }
        }

        private static PublisherWorld open() {
            try {
                return PublisherWorld.shared(Map.of("SANDPIPER_NATS_URL", TRIO.url(), "SANDPIPER_NATS_REPLICAS", "3"));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
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
