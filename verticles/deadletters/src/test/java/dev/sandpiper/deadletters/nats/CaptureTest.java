package dev.sandpiper.deadletters.nats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.deadletters.DeadLetter;
import dev.sandpiper.deadletters.LetterFilter;
import dev.sandpiper.deadletters.Missing;
import dev.sandpiper.deadletters.Reason;
import dev.sandpiper.deadletters.StoredLetter;
import dev.sandpiper.deadletters.nats.LetterWorld.Failing;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.testkit.Eventually;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What consumers give up on becomes a letter: all of it, once each, whoever dies. */
class CaptureTest {
    private LetterWorld world;

    @BeforeEach
    void start() {
        world = LetterWorld.start();
    }

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void anEventThatWasDeliveredTooOftenBecomesALetterWithEverythingInIt() {
        Instant before = Instant.now().minusSeconds(1);
        world.collect();
        Failing worker = world.consumer("billing", 3);
        long sequence = world.publish("orders.new", "{\"total\":\"größer\"}");

        worker.giveUp(1, 3);

        DeadLetter letter = world.awaitLetters(1).getFirst().letter();
        assertThat(letter.reason()).isEqualTo(Reason.MAX_DELIVER);
        assertThat(letter.consumer()).isEqualTo("billing");
        assertThat(letter.durable()).isEqualTo("billing");
        assertThat(letter.feature()).isNull();
        assertThat(letter.error()).isNull();
        assertThat(letter.attempts()).isEqualTo(3);
        assertThat(letter.failedAt()).isBetween(before, Instant.now());
        assertThat(letter.cursor()).isEqualTo(new Cursor(world.store.epoch(), sequence));
        assertThat(letter.missing()).isNull();
        StoredEvent original = world.stored(sequence);
        assertThat(letter.event()).usingRecursiveComparison().isEqualTo(original);
        assertThat(letter.headers()).containsEntry("Sp-Sender", "user-7").containsEntry("Sp-Event", "created");
        Eventually.await("the advisory is dealt with", () -> world.advisories() == 0);
    }

    @Test
    void aTerminatedEventBecomesALetterWithTheReason() {
        world.collect();
        Failing worker = world.consumer("billing", 5);
        world.publish("orders", "{}");

        worker.terminate(1, "no such customer, größer");

        DeadLetter letter = world.awaitLetters(1).getFirst().letter();
        assertThat(letter.reason()).isEqualTo(Reason.TERMINATED);
        assertThat(letter.error()).isEqualTo("no such customer, größer");
        assertThat(letter.attempts()).isEqualTo(1);
    }

    @Test
    void whatFailsWhileNoNodeRunsIsCapturedLater() {
        Failing worker = world.consumer("billing", 2);
        world.publish("orders", "1");
        world.publish("orders", "2");

        worker.giveUp(2, 2);
        Eventually.await("the stream has captured them", () -> world.advisories() == 2);
        assertThat(world.kept()).isEmpty();
        world.collect();

        assertThat(world.awaitLetters(2)).allMatch(letter -> letter.letter().reason() == Reason.MAX_DELIVER);
    }

    @Test
    void anEventThatRetentionTrimmedMeanwhileBecomesALetterThatSaysSo() throws Exception {
        Failing worker = world.consumer("billing", 1);
        long sequence = world.publish("orders", "1");
        worker.terminate(1, "broken");
        Eventually.await("the stream has captured it", () -> world.advisories() == 1);
        world.management().deleteMessage(world.store.subjects().stream(), sequence);

        world.collect();

        DeadLetter letter = world.awaitLetters(1).getFirst().letter();
        assertThat(letter.missing()).isEqualTo(Missing.TRIMMED);
        assertThat(letter.event()).isNull();
        assertThat(letter.consumer()).isEqualTo("billing");
        assertThat(letter.error()).isEqualTo("broken");
        assertThat(letter.cursor()).isEqualTo(new Cursor(world.store.epoch(), sequence));
    }

    @Test
    void aFailureOfWhichNothingTellsWhoseItIsIsCountedAndHoldsUpNobody() throws Exception {
        Failing worker = world.consumer(
                "everything",
                1,
                world.store.subjects().stored(LetterWorld.TENANT, LetterWorld.PROJECT, new Topic("lost")));
        long sequence = world.publish("lost", "1");
        worker.terminate(1, "broken");
        Eventually.await("the stream has captured it", () -> world.advisories() == 1);
        world.management().deleteMessage(world.store.subjects().stream(), sequence);
        world.management().deleteConsumer(world.store.subjects().stream(), "everything");

        world.collect();

        Eventually.await("it was dealt with", () -> world.advisories() == 0);
        assertThat(world.kept()).isEmpty();
        assertThat(world.registry
                        .get("sandpiper.deadletters.unattributed")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void manyNodesMakeOneLetterOfEachFailure() {
        int count = 200;
        for (int i = 0; i < 3; i++) {
            world.collect();
        }
        Failing worker = world.consumer("billing", 2);
        List<Long> sequences = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sequences.add(world.publish("orders", Integer.toString(i)));
        }

        worker.terminate(count / 2, "odd");
        worker.giveUp(count / 2, 2);

        world.awaitLetters(count);
        Eventually.await("nothing waits", () -> world.advisories() == 0);
        assertThat(sequences()).containsExactlyInAnyOrderElementsOf(sequences);
    }

    @Test
    void aNodeThatDiesBetweenCopyAndAcknowledgementLeavesOneLetter() {
        var stored = new AtomicInteger();
        AdvisoryCollector dying = world.collect(() -> {
            stored.incrementAndGet();
            return Promise.<Void>promise().future();
        });
        Failing worker = world.consumer("billing", 1);
        long sequence = world.publish("orders", "1");
        worker.terminate(1, "broken");
        Eventually.await("the letter is stored", () -> stored.get() == 1);
        dying.close();
        assertThat(world.advisories()).isEqualTo(1);

        world.collect();

        Eventually.await("another node has taken it up", () -> world.advisories() == 0);
        assertThat(sequences()).containsExactly(sequence);
    }

    @Test
    void aProcessThatIsKilledBetweenCopyAndAcknowledgementLeavesOneLetter() throws Exception {
        Failing worker = world.consumer("billing", 1);
        long[] sequences = LongStream.range(0, 3)
                .map(i -> world.publish("orders", Long.toString(i)))
                .toArray();
        worker.terminate(3, "broken");
        Eventually.await("the stream has captured them", () -> world.advisories() == 3);

        assertThat(killed()).isEqualTo(KilledCollector.EXIT_CODE);
        assertThat(world.kept()).isNotEmpty();
        assertThat(world.advisories()).isEqualTo(3);
        world.collect();

        Eventually.await("another node has taken them up", () -> world.advisories() == 0);
        assertThat(sequences())
                .containsExactlyInAnyOrder(LongStream.of(sequences).boxed().toArray(Long[]::new));
    }

    @Test
    void theSecondTryIsRecognisedWhenTheStreamHasForgottenTheFirst() {
        try (var forgetful = LetterWorld.forgetting(Duration.ofMillis(100))) {
            var stored = new AtomicInteger();
            AdvisoryCollector dying = forgetful.collect(() -> {
                stored.incrementAndGet();
                return Promise.<Void>promise().future();
            });
            Failing worker = forgetful.consumer("billing", 1);
            for (int i = 0; i < 3; i++) {
                forgetful.publish("orders", Integer.toString(i));
            }
            worker.terminate(3, "broken");
            Eventually.await("the letters are stored", () -> stored.get() == 3);
            dying.close();

            forgetful.collect();

            Eventually.await("another node has taken them up", () -> forgetful.advisories() == 0);
            assertThat(forgetful.kept()).hasSize(3);
        }
    }

    @Test
    void anEventAsLargeAsTheServerAllowsBecomesALetterWithoutItsBody() {
        world.collect();
        Failing worker = world.consumer("billing", 1);
        int size = (int) world.store.connection().getMaxPayload() - 300;
        world.publish(new PublishCommand(
                LetterWorld.TENANT,
                LetterWorld.PROJECT,
                new Topic("orders"),
                "created",
                ("\"" + "x".repeat(size - 2) + "\"").getBytes(StandardCharsets.UTF_8),
                null,
                null,
                null,
                DeliveryClass.DURABLE));

        worker.terminate(1, "too much");

        DeadLetter letter = world.awaitLetters(1).getFirst().letter();
        assertThat(letter.missing()).isEqualTo(Missing.TOO_LARGE);
        assertThat(letter.event()).isNotNull();
        assertThat(letter.event().event()).isEqualTo("created");
        assertThat(letter.event().data()).isEmpty();
    }

    @Test
    void lettersAreFoundByConsumerTopicAndTime() {
        world.collect();
        Failing billing = world.consumer("billing", 1);
        Failing mail = world.consumer("mail", 1);
        for (String topic : List.of("orders", "orders.new", "großes:Thema", "..", "%")) {
            world.publish(topic, "1");
        }
        billing.terminate(5, "broken");
        mail.terminate(5, "broken");
        List<StoredLetter> all = world.awaitLetters(10);

        assertThat(world.kept(filter("mail", null, null, null))).hasSize(5);
        assertThat(world.kept(filter("nobody", null, null, null))).isEmpty();
        for (String topic : List.of("orders", "orders.new", "großes:Thema", "..", "%")) {
            assertThat(world.kept(filter(null, topic, null, null)))
                    .hasSize(2)
                    .allSatisfy(letter -> assertThat(letter.letter().event())
                            .isNotNull()
                            .extracting(StoredEvent::topic)
                            .isEqualTo(new Topic(topic)));
            assertThat(world.kept(filter("billing", topic, null, null))).hasSize(1);
        }
        Instant middle = all.get(4).createdAt();
        assertThat(world.kept(filter(null, null, middle, null)).getFirst().createdAt())
                .isAfterOrEqualTo(middle);
        assertThat(world.kept(filter(null, null, null, middle)))
                .allMatch(letter -> letter.createdAt().isBefore(middle));
        assertThat(world.kept(filter(null, null, middle, null)).size()
                        + world.kept(filter(null, null, null, middle)).size())
                .isEqualTo(10);
        assertThat(LetterWorld.await(
                        world.letters.count(LetterWorld.ALL, all.get(3).sequence())))
                .isEqualTo(6);
        assertThat(LetterWorld.await(
                        world.letters.count(LetterWorld.ALL, all.getLast().sequence())))
                .isZero();
    }

    private static LetterFilter filter(
            @Nullable String consumer, @Nullable String topic, @Nullable Instant from, @Nullable Instant until) {
        return new LetterFilter(
                LetterWorld.TENANT,
                LetterWorld.PROJECT,
                consumer,
                topic == null ? null : new Topic(topic),
                from,
                until);
    }

    /** Runs a node that ends itself without ceremony once it has stored a letter. */
    private int killed() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledCollector.class.getName(),
                        world.url,
                        world.namespace)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private List<Long> sequences() {
        return world.kept().stream().map(LetterWorld::sequence).toList();
    }
}
