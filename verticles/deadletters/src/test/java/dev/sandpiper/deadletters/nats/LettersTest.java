package dev.sandpiper.deadletters.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandpiper.deadletters.LetterMetrics;
import dev.sandpiper.deadletters.Reason;
import dev.sandpiper.deadletters.StoredLetter;
import dev.sandpiper.deadletters.nats.LetterWorld.Failing;
import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.testkit.Eventually;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nats.client.Message;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What is kept, for how long, and who gets it again. */
class LettersTest {
    @Test
    void aFeatureReportsAnEventOnce() {
        try (var world = LetterWorld.start()) {
            StoredEvent event = world.stored(world.publish("orders", "{\"a\":1}"));
            for (int i = 0; i < 2; i++) {
                LetterWorld.await(world.service().report(event, "webhooks", "shop → ERP", 7, "410 Gone"));
            }
            LetterWorld.await(world.service().report(event, "webhooks", "another", 1, "410 Gone"));

            List<StoredLetter> kept = world.kept();
            assertThat(kept).hasSize(2);
            assertThat(kept.getFirst().letter()).satisfies(letter -> {
                assertThat(letter.reason()).isEqualTo(Reason.UNPROCESSABLE);
                assertThat(letter.feature()).isEqualTo("webhooks");
                assertThat(letter.consumer()).isEqualTo("shop → ERP");
                assertThat(letter.attempts()).isEqualTo(7);
                assertThat(letter.error()).isEqualTo("410 Gone");
                assertThat(letter.event()).usingRecursiveComparison().isEqualTo(event);
                assertThat(letter.headers()).containsEntry("Sp-Sender", "user-7");
            });
            assertThat(world.registry
                            .get("sandpiper.deadletters.captured")
                            .tag("reason", "unprocessable")
                            .counter()
                            .count())
                    .isEqualTo(2);
        }
    }

    @Test
    void aRedrivenEventReachesItsConsumerAndNobodyElse() {
        try (var world = LetterWorld.start()) {
            world.collect();
            String mine = world.store.subjects().redrivenFilter(LetterWorld.TENANT, LetterWorld.PROJECT, "billing");
            Failing billing = world.consumer("billing", 1, world.everything(), mine);
            Failing mail = world.consumer("mail", 1);
            world.publish("orders.neu", "{\"a\":\"ü\"}");
            mail.fetch(1).forEach(Message::ack);
            billing.terminate(1, "broken");
            StoredLetter letter = world.awaitLetters(1).getFirst();

            LetterWorld.await(world.redrive().redrive(letter.letter(), "key"));
            LetterWorld.await(world.redrive().redrive(letter.letter(), "key"));

            List<Message> again = billing.fetch(1);
            assertThat(again).hasSize(1);
            Message message = again.getFirst();
            assertThat(new String(message.getData(), StandardCharsets.UTF_8)).isEqualTo("{\"a\":\"ü\"}");
            assertThat(message.getHeaders().getFirst("Sp-Id"))
                    .isEqualTo(LetterWorld.event(letter).id().value());
            assertThat(world.store.subjects().parse(message.getSubject()).topic())
                    .isEqualTo(new Topic("orders.neu"));
            message.ack();
            assertThat(billing.none()).isTrue();
            assertThat(mail.none()).isTrue();
        }
    }

    @Test
    void aConsumerThatTakesNoRedrivenEventsOrIsGoneSaysSo() throws Exception {
        try (var world = LetterWorld.start()) {
            world.collect();
            world.publish("orders", "1");
            world.consumer("billing", 1).terminate(1, "broken");
            StoredLetter letter = world.awaitLetters(1).getFirst();

            assertThatThrownBy(() -> LetterWorld.await(world.redrive().redrive(letter.letter(), "key")))
                    .isInstanceOfSatisfying(
                            PlatformException.class,
                            e -> assertThat(e.error()).isEqualTo(new ConflictError.ConsumerNotRedrivable("billing")));
            world.management().deleteConsumer(world.store.subjects().stream(), "billing");
            assertThatThrownBy(() -> LetterWorld.await(world.redrive().redrive(letter.letter(), "key")))
                    .isInstanceOf(PlatformException.class);
        }
    }

    @Test
    void aConsumerThatWasResetSinceGetsWhatIsRedriven() throws Exception {
        try (var world = LetterWorld.start()) {
            world.collect();
            world.publish("orders", "1");
            world.consumer("billing__1", 1).terminate(1, "broken");
            StoredLetter letter = world.awaitLetters(1).getFirst();
            assertThat(letter.letter().consumer()).isEqualTo("billing");
            world.management().deleteConsumer(world.store.subjects().stream(), "billing__1");
            world.consumer("another__1", 1);
            Failing billing = world.consumer(
                    "billing__2",
                    1,
                    world.store.subjects().stored(LetterWorld.TENANT, LetterWorld.PROJECT, new Topic("nothing")),
                    world.store.subjects().redrivenFilter(LetterWorld.TENANT, LetterWorld.PROJECT, "billing__2"));

            LetterWorld.await(world.redrive().redrive(letter.letter(), "key"));

            assertThat(billing.fetch(1)).hasSize(1);
        }
    }

    @Test
    void aProjectKeepsItsNewestLettersAndTouchesNobodyElses() {
        try (var world = LetterWorld.start(Map.of("DEAD_LETTERS_MAX_COUNT", "3"))) {
            var other = new ProjectId("other");
            for (int i = 0; i < 5; i++) {
                LetterWorld.await(world.letters.add(world.letter(LetterWorld.PROJECT, "orders." + i), "a" + i));
                if (i < 2) {
                    LetterWorld.await(world.letters.add(world.letter(other, "orders." + i), "b" + i));
                }
            }
            world.census();

            Eventually.await("the oldest two are gone", () -> world.kept().size() == 3);
            assertThat(world.kept())
                    .extracting(letter -> LetterWorld.event(letter).topic().name())
                    .containsExactly("orders.2", "orders.3", "orders.4");
            assertThat(world.kept(world.all(other))).hasSize(2);
            Eventually.await(
                    "five are counted",
                    () -> world.gauge("sandpiper.deadletters.kept", "tenant", LetterWorld.TENANT.value()) == 5);
            assertThat(world.registry
                            .get("sandpiper.deadletters.overflowed")
                            .counter()
                            .count())
                    .isEqualTo(2);
            assertThat(world.registry
                            .get("sandpiper.deadletters.oldest.age")
                            .timeGauge()
                            .value())
                    .isPositive();
        }
    }

    @Test
    void lettersGoWhenTheirTimeIsOver() {
        try (var world = LetterWorld.start(Map.of("DEAD_LETTERS_MAX_AGE", "1s"))) {
            LetterWorld.await(world.letters.add(world.letter(LetterWorld.PROJECT, "orders"), "a"));
            assertThat(world.kept()).hasSize(1);
            Eventually.await(
                    "it is gone", Duration.ofSeconds(10), () -> world.kept().isEmpty());
        }
    }

    @Test
    void advisoriesThatNobodyDealsWithAreCounted() {
        try (var world = LetterWorld.start()) {
            world.publish("orders", "1");
            world.consumer("billing", 1).terminate(1, "broken");
            world.census();
            Eventually.await("one waits", () -> world.gauge("sandpiper.deadletters.advisories.waiting") == 1);
            world.collect();
            Eventually.await("none waits", () -> world.gauge("sandpiper.deadletters.advisories.waiting") == 0);
        }
    }

    @Test
    void onlyTheTenantsWithMostLettersAreNamed() {
        var registry = new SimpleMeterRegistry();
        var metrics = new LetterMetrics(registry, 2, Clock.systemUTC());
        metrics.kept(Map.of(new TenantId("a"), 1L, new TenantId("b"), 5L, new TenantId("c"), 3L), null, 0);
        assertThat(kept(registry)).containsOnly(Map.entry("b", 5.0), Map.entry("c", 3.0), Map.entry("_other", 1.0));

        metrics.kept(Map.of(new TenantId("a"), 9L), null, 0);
        assertThat(kept(registry)).containsOnly(Map.entry("a", 9.0), Map.entry("_other", 0.0));
    }

    private static Map<String, Double> kept(SimpleMeterRegistry registry) {
        return registry.find("sandpiper.deadletters.kept").gauges().stream()
                .collect(Collectors.toMap(gauge -> gauge.getId().getTag("tenant"), Gauge::value));
    }
}
