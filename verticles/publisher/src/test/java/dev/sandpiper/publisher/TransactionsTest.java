package dev.sandpiper.publisher;

import static dev.sandpiper.publisher.PublisherContract.sequence;
import static dev.sandpiper.publisher.PublisherWorld.command;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.ConnectionEnd;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.EventHeaders;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishOptions;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.domain.PublishTransaction;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.runtime.events.Transactions;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TransactionsTest {
    private PublisherWorld world;
    private Transactions transactions;

    @BeforeEach
    void open() throws Exception {
        world = PublisherWorld.shared(Map.of());
        transactions = world.publisher.transactions();
    }

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void everyEventHasAReceiptAndLiesNextToTheOthers() throws Exception {
        List<PublishReceipt> receipts = publish(null, command("a", "1"), command("b", "2"), command("a", "3"));
        assertThat(receipts).hasSize(3);
        for (int i = 0; i < 3; i++) {
            PublishReceipt receipt = receipts.get(i);
            assertThat(receipt.duplicate()).isFalse();
            assertThat(sequence(receipt)).isEqualTo(sequence(receipts.getFirst()) + i);
            var event = Objects.requireNonNull(world.stored(sequence(receipt)));
            assertThat(event.id()).isEqualTo(receipt.id());
            assertThat(event.data()).asString().isEqualTo(Integer.toString(i + 1));
        }
    }

    @Test
    void asManyAsThereMayBeGoInOneStep() throws Exception {
        List<PublishCommand> events = new ArrayList<>();
        for (int i = 0; i < PublishTransaction.MAX_EVENTS; i++) {
            events.add(command("many", Integer.toString(i)));
        }
        assertThat(publish(null, events)).hasSize(PublishTransaction.MAX_EVENTS);
        assertThat(world.countOf("many")).isEqualTo(PublishTransaction.MAX_EVENTS);
    }

    @Test
    void oneEventThatIsTooLargeKeepsTheOthersOut() throws Exception {
        String large = "\"" + "x".repeat(1 << 20) + "\"";
        assertThat(PublisherWorld.error(begin(null, List.of(command("a", "1"), command("a", large)))))
                .isInstanceOf(RequestError.PayloadTooLarge.class);
        assertThat(world.countOf("a")).isZero();
        assertThat(publish(null, command("a", "2"))).hasSize(1);
    }

    @Test
    void onePreconditionThatFailsKeepsTheOthersOut() throws Exception {
        PublishReceipt first = world.publish(command("b", "1"));
        var empty = PublishOptions.ifLast(new Cursor(0, 0));
        assertThat(PublisherWorld.error(begin(
                        null,
                        List.of(command("a", "1").with(empty), command("b", "2").with(empty)))))
                .isEqualTo(new RequestError.OfEvent(
                        1, new ConflictError.CursorConflict(Objects.requireNonNull(first.cursor()))));
        assertThat(world.countOf("a")).isZero();
        var behind = PublishOptions.ifLast(Objects.requireNonNull(first.cursor()));
        assertThat(publish(
                        null, command("a", "1").with(empty), command("b", "2").with(behind)))
                .hasSize(2);
    }

    @Test
    void theSameKeyGivesTheSameReceipts() throws Exception {
        List<PublishReceipt> first = publish("key", command("a", "1"), command("b", "2"));
        world.publish(command("a", "between"));
        List<PublishReceipt> again = publish("key", command("a", "1"), command("b", "2"));
        for (int i = 0; i < 2; i++) {
            assertThat(again.get(i).duplicate()).isTrue();
            assertThat(again.get(i).id()).isEqualTo(first.get(i).id());
            assertThat(again.get(i).cursor()).isEqualTo(first.get(i).cursor());
        }
        assertThat(world.countOf("b")).isEqualTo(1);
        assertThat(PublisherWorld.error(begin("key", List.of(command("a", "1"), command("b", "3")))))
                .isEqualTo(new ConflictError.IdempotencyConflict());
        assertThat(PublisherWorld.error(begin("key", List.of(command("a", "1")))))
                .isEqualTo(new ConflictError.IdempotencyConflict());
    }

    @Test
    void headersArePartOfWhatARepeatedKeyIsComparedBy() throws Exception {
        Map<String, String> ordered = new LinkedHashMap<>();
        ordered.put("a", "1");
        ordered.put("b", "2");
        Map<String, String> reversed = new LinkedHashMap<>();
        reversed.put("b", "2");
        reversed.put("a", "1");
        PublishCommand event = command("a", "1");
        publish("key", event.withHeaders(EventHeaders.of(ordered)), command("b", "2"));
        assertThat(publish("key", event.withHeaders(EventHeaders.of(reversed)), command("b", "2"))
                        .getFirst()
                        .duplicate())
                .isTrue();
        for (List<PublishCommand> other : List.of(
                List.of(event, command("b", "2")),
                List.of(event, command("b", "2").withHeaders(EventHeaders.of(ordered))),
                List.of(event.withHeaders(EventHeaders.of(Map.of("a", "1"))), command("b", "2")))) {
            assertThat(PublisherWorld.error(begin("key", other))).isEqualTo(new ConflictError.IdempotencyConflict());
        }
    }

    @Test
    void theKeyOfATransactionIsNotTheKeyOfAnEvent() throws Exception {
        publish("key", command("a", "1"));
        assertThat(world.publish(command("a", "2", "key").with(PublishOptions.remember(Duration.ofDays(1))))
                        .duplicate())
                .isFalse();
    }

    @Test
    void sentTwiceAtTheSameTimeItIsStoredOnce() throws Exception {
        List<Future<List<PublishReceipt>>> attempts = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            attempts.add(begin("key", List.of(command("a", "1"), command("a", "2"))));
        }
        int originals = 0;
        for (Future<List<PublishReceipt>> attempt : attempts) {
            List<PublishReceipt> receipts = attempt.await(20, TimeUnit.SECONDS);
            originals += receipts.getFirst().duplicate() ? 0 : 1;
        }
        assertThat(originals).isEqualTo(1);
        assertThat(world.countOf("a")).isEqualTo(2);
    }

    @Test
    void itIsRefusedWhileThePublisherGoesAway() throws Exception {
        world.publisher.drain(Duration.ofSeconds(1)).await(5, TimeUnit.SECONDS);
        assertThat(PublisherWorld.error(begin(null, List.of(command("a", "1")))))
                .isInstanceOf(ConnectionEnd.ShuttingDown.class);
    }

    private List<PublishReceipt> publish(@Nullable String key, PublishCommand... events) throws Exception {
        return publish(key, List.of(events));
    }

    private List<PublishReceipt> publish(@Nullable String key, List<PublishCommand> events) throws Exception {
        return begin(key, events).await(20, TimeUnit.SECONDS);
    }

    private Future<List<PublishReceipt>> begin(@Nullable String key, List<PublishCommand> events) {
        return transactions.publish(new PublishTransaction(PublisherWorld.TENANT, PublisherWorld.PROJECT, key, events));
    }
}
