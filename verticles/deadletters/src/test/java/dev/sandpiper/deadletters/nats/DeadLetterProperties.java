package dev.sandpiper.deadletters.nats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.deadletters.DeadLetter;
import dev.sandpiper.deadletters.Reason;
import dev.sandpiper.deadletters.StoredLetter;
import dev.sandpiper.deadletters.nats.LetterWorld.Failing;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.testkit.Events;
import dev.sandpiper.testkit.Eventually;
import java.time.Duration;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever is published, and however its processing fails. */
class DeadLetterProperties {
    private static final int MAX_DELIVER = 2;

    private static final LetterWorld world = LetterWorld.start();
    private static final Failing worker = world.consumer("worker", MAX_DELIVER);
    private static int tries;

    @BeforeContainer
    static void start() {
        world.collect();
    }

    @AfterContainer
    static void close() {
        world.close();
    }

    // **Feature: realtime-saas-platform, Property 32: Dead letter queue routing**
    @Property(tries = 100)
    void everyFailedEventBecomesADeadLetter(@ForAll("events") PublishCommand any, @ForAll("reasons") String reason) {
        PublishCommand command = withKeyOfItsOwn(any);
        long sequence = world.publish(command);

        if (reason.isEmpty()) {
            worker.giveUp(1, MAX_DELIVER);
        } else {
            worker.terminate(1, reason);
        }

        StoredLetter stored = Eventually.get(
                        "the letter",
                        Duration.ofSeconds(10),
                        world::kept,
                        kept -> kept.size() == 1 && LetterWorld.sequence(kept.getFirst()) == sequence)
                .getFirst();
        DeadLetter letter = stored.letter();
        StoredEvent original = world.stored(sequence);
        assertThat(letter.event()).usingRecursiveComparison().isEqualTo(original);
        assertThat(LetterWorld.event(stored).data()).isEqualTo(command.data());
        assertThat(letter.reason()).isEqualTo(reason.isEmpty() ? Reason.MAX_DELIVER : Reason.TERMINATED);
        assertThat(letter.attempts()).isEqualTo(reason.isEmpty() ? MAX_DELIVER : 1);
        assertThat(letter.error()).isEqualTo(reason.isEmpty() ? null : reason);
        LetterWorld.await(world.letters.remove(stored));
        assertThat(LetterWorld.await(world.letters.remove(stored))).isFalse();
    }

    /** What was published under a key before would not be published again. */
    private static PublishCommand withKeyOfItsOwn(PublishCommand command) {
        return new PublishCommand(
                command.tenant(),
                command.project(),
                command.topic(),
                command.event(),
                command.data(),
                command.contentType(),
                command.key() == null ? null : command.key() + "-" + tries++,
                command.sender(),
                command.requestedClass());
    }

    @Provide
    Arbitrary<PublishCommand> events() {
        return Events.any(LetterWorld.TENANT, LetterWorld.PROJECT);
    }

    /** Empty for an event that is only refused. */
    @Provide
    Arbitrary<String> reasons() {
        return Arbitraries.of("", "", "broken", "kein Kunde für größe", "新しい", "100% {\"json\"}");
    }
}
