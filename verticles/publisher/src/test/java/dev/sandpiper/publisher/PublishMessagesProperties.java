package dev.sandpiper.publisher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.ConnectionEnd;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.domain.Durability;
import dev.sandpiper.domain.EventId;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishOptions;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Violation;
import dev.sandpiper.testkit.Events;
import dev.sandpiper.testkit.Topics;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class PublishMessagesProperties {
    private final PublishMessages.RequestCodec requests = new PublishMessages.RequestCodec();
    private final PublishMessages.AnswerCodec answers = new PublishMessages.AnswerCodec();

    @Provide
    Arbitrary<PublishCommand> commands() {
        Arbitrary<PublishOptions> options = Combinators.combine(
                        Arbitraries.longs()
                                .between(1, 1_000)
                                .map(Duration::ofSeconds)
                                .injectNull(0.5),
                        cursors().injectNull(0.5))
                .as((ttl, last) -> new PublishOptions(ttl, last, null));
        Arbitrary<PublishCommand> any = Events.any(PublisherWorld.TENANT, PublisherWorld.PROJECT);
        return Combinators.combine(
                        Arbitraries.oneOf(any, any.map(PublishMessagesProperties::withoutClass)),
                        options.injectNull(0.5))
                .as((command, wanted) -> wanted == null ? command : command.with(remembered(command, wanted)));
    }

    private static PublishCommand withoutClass(PublishCommand command) {
        return new PublishCommand(
                        command.tenant(),
                        command.project(),
                        command.topic(),
                        command.event(),
                        command.data(),
                        command.contentType(),
                        command.key(),
                        command.sender(),
                        null)
                .withHeaders(command.headers());
    }

    private static PublishOptions remembered(PublishCommand command, PublishOptions options) {
        return command.key() == null ? options : options.withRemember(Duration.ofDays(1));
    }

    private static Arbitrary<Cursor> cursors() {
        return Combinators.combine(Arbitraries.integers(), Arbitraries.longs().greaterOrEqual(0))
                .as(Cursor::new);
    }

    @Provide
    Arbitrary<PublishReceipt> receipts() {
        return Combinators.combine(
                        Topics.any(),
                        cursors().injectNull(0.2),
                        Arbitraries.of(true, false),
                        Arbitraries.of(DeliveryClass.class),
                        Arbitraries.of(Durability.class))
                .as((topic, cursor, duplicate, deliveryClass, durability) -> new PublishReceipt(
                        new EventId("01ARZ3NDEKTSV4RRFFQ69G5FAV"),
                        topic,
                        cursor,
                        duplicate,
                        deliveryClass,
                        durability));
    }

    @Provide
    Arbitrary<PlatformError> errors() {
        return Arbitraries.of(
                new AvailabilityError.PublisherSaturated(Duration.ofMillis(1_234)),
                new ConnectionEnd.ShuttingDown(Duration.ofMillis(77)),
                new RequestError.PayloadTooLarge(1 << 20),
                new AvailabilityError.EventStoreUnavailable(),
                new AvailabilityError.OutcomeUnknown(),
                new ConflictError.IdempotencyConflict(),
                new ConflictError.CursorConflict(new Cursor(7, 42)),
                new AvailabilityError.StorageFull(),
                new AvailabilityError.DatabaseUnavailable(),
                new RequestError.InvalidParameter("key", "is required by class exactly-once"),
                new RequestError.InvalidEventPayload(List.of()),
                new RequestError.InvalidEventPayload(
                        List.of(new Violation("", "must be JSON"), new Violation("/ä", "x"))),
                new AvailabilityError.Internal());
    }

    @Property
    void aCommandArrivesAsItWasSent(@ForAll("commands") PublishCommand command) {
        Buffer wire = Buffer.buffer("before");
        requests.encodeToWire(wire, new PublishMessages.Request(command));
        assertThat(requests.decodeFromWire("before".length(), wire))
                .usingRecursiveComparison()
                .isEqualTo(new PublishMessages.Request(command));
    }

    @Property
    void aReceiptArrivesAsItWasSent(@ForAll("receipts") PublishReceipt receipt) {
        assertArrives(new PublishMessages.Accepted(receipt));
    }

    @Property
    void anErrorArrivesAsItWasSent(@ForAll("errors") PlatformError error) {
        assertArrives(new PublishMessages.Refused(error));
    }

    private void assertArrives(PublishMessages.Answer answer) {
        Buffer wire = Buffer.buffer();
        answers.encodeToWire(wire, new PublishMessages.Envelope(answer));
        assertThat(answers.decodeFromWire(0, wire)).isEqualTo(new PublishMessages.Envelope(answer));
    }
}
