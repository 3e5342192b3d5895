package dev.sandpiper.publisher;

import static dev.sandpiper.publisher.PublisherWorld.command;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.ConnectionEnd;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.domain.Durability;
import dev.sandpiper.domain.EventHeaders;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishOptions;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.runtime.events.Publisher;
import dev.sandpiper.testkit.Eventually;
import io.nats.client.Message;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link Publisher} does. */
abstract class PublisherContract {
    protected PublisherWorld world;
    protected Publisher publisher;

    abstract Publisher publisher(PublisherWorld world) throws Exception;

    @BeforeEach
    void open() throws Exception {
        world = PublisherWorld.shared();
        publisher = publisher(world);
    }

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void aReceiptNamesTheStoredEvent() throws Exception {
        PublishReceipt receipt = world.publish(publisher, command("chat:1", "{\"a\":1}"));
        assertThat(receipt.duplicate()).isFalse();
        assertThat(receipt.deliveryClass()).isEqualTo(DeliveryClass.DURABLE);
        assertThat(receipt.durability()).isEqualTo(Durability.MEMORY);
        assertThat(receipt.topic()).isEqualTo(new Topic("chat:1"));
        assertThat(receipt.cursor()).isNotNull();
        if (receipt.cursor() != null) {
            assertThat(receipt.cursor().epoch()).isEqualTo(world.store.epoch());
            StoredEvent event = world.stored(receipt.cursor().sequence());
            assertThat(event).isNotNull();
            if (event != null) {
                assertThat(event.id()).isEqualTo(receipt.id());
                assertThat(event.data()).isEqualTo("{\"a\":1}".getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    @Test
    void eventsOfOneLoopAreStoredInTheOrderOfTheCalls() throws Exception {
        Promise<List<Future<PublishReceipt>>> begun = Promise.promise();
        world.loop.runOnContext(v -> {
            List<Future<PublishReceipt>> receipts = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                receipts.add(publisher.publish(command("ordered", Integer.toString(i))));
            }
            begun.complete(receipts);
        });
        long last = 0;
        for (Future<PublishReceipt> receipt : begun.future().await(10, TimeUnit.SECONDS)) {
            long sequence = sequence(receipt.await(10, TimeUnit.SECONDS));
            assertThat(sequence).isGreaterThan(last);
            last = sequence;
        }
    }

    @Test
    void theSameKeyAndEventIsStoredOnce() throws Exception {
        PublishReceipt first = world.publish(publisher, command("orders", "1", "key"));
        PublishReceipt second = world.publish(publisher, command("orders", "1", "key"));
        assertThat(first.duplicate()).isFalse();
        assertThat(second.duplicate()).isTrue();
        assertThat(second.id()).isEqualTo(first.id());
        assertThat(second.cursor()).isEqualTo(first.cursor());
    }

    @Test
    void theSameKeyWithAnotherEventIsAConflict() throws Exception {
        world.publish(publisher, command("orders", "1", "key"));
        assertThat(world.failure(publisher, command("orders", "2", "key")))
                .isEqualTo(new ConflictError.IdempotencyConflict());
        assertThat(world.failure(publisher, command("others", "1", "key")))
                .isEqualTo(new ConflictError.IdempotencyConflict());
    }

    @Test
    void headersArePartOfWhatARepeatedKeyIsComparedBy() throws Exception {
        PublishCommand plain = command("orders", "1", "key");
        PublishCommand urgent =
                command("orders", "2", "urgent").withHeaders(EventHeaders.of(Map.of("priority", "high")));
        world.publish(publisher, plain);
        world.publish(publisher, urgent);
        assertThat(world.publish(publisher, urgent).duplicate()).isTrue();
        assertThat(world.failure(publisher, plain.withHeaders(urgent.headers())))
                .isEqualTo(new ConflictError.IdempotencyConflict());
        assertThat(world.failure(publisher, urgent.withHeaders(EventHeaders.NONE)))
                .isEqualTo(new ConflictError.IdempotencyConflict());
        assertThat(world.failure(publisher, urgent.withHeaders(EventHeaders.of(Map.of("priority", "low")))))
                .isEqualTo(new ConflictError.IdempotencyConflict());
    }

    @Test
    void theSameKeyOfAnotherTenantIsAnotherKey() throws Exception {
        PublishReceipt ours = world.publish(publisher, command("orders", "1", "key"));
        PublishReceipt theirs =
                world.publish(publisher, command(new TenantId("globex"), "orders", "1", "key", DeliveryClass.DURABLE));
        assertThat(theirs.duplicate()).isFalse();
        assertThat(sequence(theirs)).isGreaterThan(sequence(ours));
    }

    @Test
    void aDuplicateOfAnEventThatIsGoneIsStillADuplicate() throws Exception {
        PublishReceipt first = world.publish(publisher, command("orders", "1", "key"));
        world.store
                .connection()
                .jetStreamManagement()
                .deleteMessage(world.store.subjects().stream(), sequence(first), false);
        assertThat(world.publish(publisher, command("orders", "1", "key")).duplicate())
                .isTrue();
    }

    @Test
    void anEphemeralEventIsHeardButNotStored() throws Exception {
        BlockingQueue<Message> heard = new LinkedBlockingQueue<>();
        Topic topic = new Topic("typing");
        world.store
                .connection()
                .createDispatcher(heard::add)
                .subscribe(world.store.subjects().live(PublisherWorld.TENANT, PublisherWorld.PROJECT, topic));
        world.store.connection().flush(Duration.ofSeconds(2));
        PublishReceipt receipt = world.publish(
                publisher, command(PublisherWorld.TENANT, "typing", "true", null, DeliveryClass.EPHEMERAL));
        assertThat(receipt.cursor()).isNull();
        assertThat(receipt.deliveryClass()).isEqualTo(DeliveryClass.EPHEMERAL);
        Message message = heard.poll(5, TimeUnit.SECONDS);
        assertThat(message).isNotNull();
        if (message != null) {
            StoredEvent event = world.store.codec().decode(message, world.store.epoch());
            assertThat(event.id()).isEqualTo(receipt.id());
            assertThat(event.cursor()).isNull();
            assertThat(event.topic()).isEqualTo(topic);
        }
        assertThat(world.store.refresh().await(5, TimeUnit.SECONDS).lastSequence())
                .isZero();
    }

    @Test
    void anEventThatTheServerFindsTooLargeIsRefusedAsSuch() throws Exception {
        String json = "\"" + "x".repeat(1 << 20) + "\"";
        assertThat(world.failure(publisher, command("big", json))).isEqualTo(new RequestError.PayloadTooLarge(1 << 20));
    }

    @Test
    void theReceiptArrivesOnTheContextOfTheCaller() throws Exception {
        Context caller = world.vertx.getOrCreateContext();
        Promise<Boolean> same = Promise.promise();
        caller.runOnContext(v -> publisher
                .publish(command("here", "1"))
                .onComplete(receipt -> same.complete(caller.equals(Vertx.currentContext()))));
        assertThat(same.future().await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aWorkerThreadMayPublishToo() throws Exception {
        Future<Long> sequence = world.vertx
                .executeBlocking(() -> publisher.publish(command("worker", "1")))
                .compose(receipt -> receipt)
                .map(PublisherContract::sequence);
        assertThat(sequence.await(10, TimeUnit.SECONDS)).isEqualTo(1);
    }

    @Test
    void aPublisherThatIsGoingAwayRefuses() throws Exception {
        world.publisher.drain(Duration.ofSeconds(1)).await(5, TimeUnit.SECONDS);
        assertThat(world.failure(publisher, command("late", "1"))).isInstanceOf(ConnectionEnd.ShuttingDown.class);
    }

    @Test
    void anEventIsForgottenWhenItsTimeToLiveIsOver() throws Exception {
        PublishReceipt kept = world.publish(publisher, command("t", "1"));
        PublishReceipt passing =
                world.publish(publisher, command("t", "2").with(PublishOptions.ttl(Duration.ofSeconds(1))));
        assertThat(world.stored(sequence(passing))).isNotNull();
        Eventually.await("it is forgotten", () -> world.stored(sequence(passing)) == null);
        assertThat(world.stored(sequence(kept))).isNotNull();
    }

    @Test
    void aTopicWithoutEventsTakesTheFirstConditionalEventOnly() throws Exception {
        PublishReceipt first = world.publish(publisher, after(EMPTY, "t", "1", null));
        assertThat(world.failure(publisher, after(EMPTY, "t", "2", null)))
                .isEqualTo(new ConflictError.CursorConflict(cursor(first)));
    }

    @Test
    void aConditionalEventFollowsTheOneItNames() throws Exception {
        PublishReceipt first = world.publish(publisher, command("t", "1"));
        PublishReceipt second = world.publish(publisher, after(cursor(first), "t", "2", null));
        assertThat(world.failure(publisher, after(cursor(first), "t", "3", null)))
                .isEqualTo(new ConflictError.CursorConflict(cursor(second)));
        assertThat(sequence(world.publish(publisher, after(cursor(second), "t", "3", null))))
                .isGreaterThan(sequence(second));
    }

    @Test
    void aPositionBehindTheTopicsNewestEventWillDo() throws Exception {
        world.publish(publisher, command("t", "1"));
        PublishReceipt elsewhere = world.publish(publisher, command("other", "1"));
        PublishReceipt second = world.publish(publisher, after(cursor(elsewhere), "t", "2", null));
        assertThat(sequence(second)).isGreaterThan(sequence(elsewhere));
        assertThat(sequence(world.publish(publisher, after(cursor(elsewhere), "quiet", "1", null))))
                .isGreaterThan(sequence(second));
    }

    @Test
    void aPositionInAnotherStreamNeverHolds() throws Exception {
        PublishReceipt first = world.publish(publisher, command("t", "1"));
        var foreign = new Cursor(cursor(first).epoch() + 1, 1_000_000);
        assertThat(world.failure(publisher, after(foreign, "t", "2", null)))
                .isEqualTo(new ConflictError.CursorConflict(cursor(first)));
        assertThat(world.failure(publisher, after(foreign, "quiet", "2", null)))
                .isEqualTo(new ConflictError.CursorConflict(
                        new Cursor(cursor(first).epoch(), 0)));
    }

    @Test
    void anEventThatIsStoredAlreadyIsNoConflictWithItself() throws Exception {
        PublishReceipt first = world.publish(publisher, after(EMPTY, "t", "1", "key"));
        PublishReceipt again = world.publish(publisher, after(EMPTY, "t", "1", "key"));
        assertThat(again.duplicate()).isTrue();
        assertThat(again.cursor()).isEqualTo(first.cursor());
        world.publish(publisher, command("t", "2"));
        assertThat(world.publish(publisher, after(EMPTY, "t", "1", "key")).cursor())
                .isEqualTo(first.cursor());
        assertThat(world.failure(publisher, after(EMPTY, "t", "other", "key")))
                .isEqualTo(new ConflictError.IdempotencyConflict());
        assertThat(world.failure(publisher, after(EMPTY, "t", "1", "another key")))
                .isInstanceOf(ConflictError.CursorConflict.class);
    }

    @Test
    void aConflictDoesNotUseUpTheKey() throws Exception {
        PublishReceipt first = world.publish(publisher, command("t", "1"));
        world.failure(publisher, after(EMPTY, "t", "2", "key"));
        assertThat(world.publish(publisher, after(cursor(first), "t", "2", "key"))
                        .duplicate())
                .isFalse();
    }

    private static final Cursor EMPTY = new Cursor(0, 0);

    private static PublishCommand after(Cursor position, String topic, String json, @Nullable String key) {
        return command(topic, json, key).with(PublishOptions.ifLast(position));
    }

    private static Cursor cursor(PublishReceipt receipt) {
        return Objects.requireNonNull(receipt.cursor());
    }

    static long sequence(PublishReceipt receipt) {
        var cursor = receipt.cursor();
        return cursor == null ? 0 : cursor.sequence();
    }
}
