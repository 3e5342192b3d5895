package dev.sandpiper.publisher;

import static dev.sandpiper.publisher.PublisherContract.sequence;
import static dev.sandpiper.publisher.PublisherWorld.command;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishOptions;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.testkit.Eventually;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Events whose key is remembered for longer than JetStream's window, which is a second here. */
class RememberedEventsTest {
    private PublisherWorld world;

    @BeforeEach
    void open() throws Exception {
        world = PublisherWorld.shared(Map.of("SANDPIPER_NATS_DEDUPE_WINDOW", "1s"));
    }

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void theFirstCursorIsToldAfterJetStreamHasForgottenTheKey() throws Exception {
        PublishReceipt first = world.publish(remembered("t", "1", "key"));
        assertThat(first.duplicate()).isFalse();
        outliveTheWindow();
        PublishReceipt again = world.publish(remembered("t", "1", "key"));
        assertThat(again.duplicate()).isTrue();
        assertThat(again.id()).isEqualTo(first.id());
        assertThat(again.cursor()).isEqualTo(first.cursor());
        assertThat(world.failure(world.publisher, remembered("t", "2", "key")))
                .isEqualTo(new ConflictError.IdempotencyConflict());
        assertThat(events("t")).isEqualTo(1);
    }

    @Test
    void theEventLiesWhereTheReceiptSays() throws Exception {
        PublishReceipt receipt = world.publish(remembered("t", "{\"a\":1}", "key"));
        var event = Objects.requireNonNull(world.stored(sequence(receipt)));
        assertThat(event.id()).isEqualTo(receipt.id());
        assertThat(event.data()).asString().isEqualTo("{\"a\":1}");
    }

    @Test
    void aKeyIsForgottenWhenItsOwnWindowIsOver() throws Exception {
        PublishCommand command = command("t", "1", "key").with(PublishOptions.remember(Duration.ofSeconds(2)));
        assertThat(world.publish(command).duplicate()).isFalse();
        assertThat(world.publish(command).duplicate()).isTrue();
        Eventually.await("it is forgotten", () -> !world.publish(command).duplicate());
        assertThat(events("t")).isEqualTo(2);
    }

    @Test
    void theRecordOutlivesTheEvent() throws Exception {
        PublishReceipt first = world.publish(remembered("t", "1", "key"));
        world.store
                .connection()
                .jetStreamManagement()
                .deleteMessage(world.store.subjects().stream(), sequence(first), false);
        outliveTheWindow();
        PublishReceipt again = world.publish(remembered("t", "1", "key"));
        assertThat(again.duplicate()).isTrue();
        assertThat(again.id()).isEqualTo(first.id());
    }

    @Test
    void aKeyThatWasUsedBeforeItWasRememberedIsRecognisedWithinJetStreamsWindow() throws Exception {
        PublishReceipt first = world.publish(command("t", "1", "key"));
        PublishReceipt again = world.publish(remembered("t", "1", "key"));
        assertThat(again.duplicate()).isTrue();
        assertThat(again.id()).isEqualTo(first.id());
        assertThat(again.cursor()).isEqualTo(first.cursor());
        assertThat(world.failure(world.publisher, remembered("t", "2", "key")))
                .isEqualTo(new ConflictError.IdempotencyConflict());
    }

    @Test
    void theSameKeyOfAnotherTenantIsAnotherKey() throws Exception {
        world.publish(remembered("t", "1", "key"));
        PublishCommand theirs = PublisherWorld.command(
                        new TenantId("globex"), "t", "1", "key", DeliveryClass.EXACTLY_ONCE)
                .with(PublishOptions.remember(Duration.ofDays(1)));
        assertThat(world.publish(theirs).duplicate()).isFalse();
    }

    @Test
    void theKeyWinsOverThePrecondition() throws Exception {
        var empty = new Cursor(0, 0);
        PublishCommand command = command("t", "1", "key").with(new PublishOptions(null, empty, Duration.ofDays(1)));
        PublishReceipt first = world.publish(command);
        assertThat(world.publish(command).cursor()).isEqualTo(first.cursor());
        assertThat(world.failure(
                        world.publisher,
                        command("t", "1", "other").with(new PublishOptions(null, empty, Duration.ofDays(1)))))
                .isEqualTo(new ConflictError.CursorConflict(Objects.requireNonNull(first.cursor())));
        PublishReceipt elsewhere = world.publish(command("u", "1"));
        PublishCommand behind =
                command("t", "2", "third").with(new PublishOptions(null, elsewhere.cursor(), Duration.ofDays(1)));
        assertThat(world.publish(behind).duplicate()).isFalse();
    }

    @Test
    void manyAtOnceAreStoredInTheOrderOfTheCallsAndOnceEach() throws Exception {
        List<Future<PublishReceipt>> receipts = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            receipts.add(world.begin(remembered("t", Integer.toString(i), "key-" + i % 100)));
        }
        long last = 0;
        for (int i = 0; i < 100; i++) {
            PublishReceipt receipt = receipts.get(i).await(20, TimeUnit.SECONDS);
            assertThat(sequence(receipt)).isGreaterThan(last);
            last = sequence(receipt);
        }
        for (int i = 100; i < 200; i++) {
            assertThat(PublisherWorld.error(receipts.get(i))).isEqualTo(new ConflictError.IdempotencyConflict());
        }
        assertThat(events("t")).isEqualTo(100);
    }

    /** JetStream has forgotten whatever was stored before. */
    private void outliveTheWindow() throws Exception {
        PublishCommand canary = command("canary", "1", "canary");
        world.publish(canary);
        Eventually.await("the window is over", () -> !world.publish(canary).duplicate());
    }

    private static PublishCommand remembered(String topic, String json, String key) {
        return command(topic, json, key).with(PublishOptions.remember(Duration.ofDays(30)));
    }

    private long events(String topic) throws Exception {
        return world.countOf(topic);
    }
}
