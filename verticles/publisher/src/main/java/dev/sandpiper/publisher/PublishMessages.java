package dev.sandpiper.publisher;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.ConnectionEnd;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.domain.Durability;
import dev.sandpiper.domain.EventHeaders;
import dev.sandpiper.domain.EventId;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishOptions;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.domain.Violation;
import dev.sandpiper.runtime.bus.Bus;
import dev.sandpiper.runtime.bus.BusReader;
import dev.sandpiper.runtime.bus.BusWriter;
import dev.sandpiper.runtime.bus.VersionedCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What travels between a node that was asked to publish and one that can. */
final class PublishMessages {
    private PublishMessages() {}

    static void register(Bus bus) {
        bus.register(new RequestCodec()).register(new AnswerCodec());
    }

    record Request(PublishCommand command) {}

    /** How it ended: an expected failure is an answer too. */
    sealed interface Answer {}

    record Accepted(PublishReceipt receipt) implements Answer {}

    record Refused(PlatformError error) implements Answer {}

    /** The bus finds a codec by a message's class, and answers have two. */
    record Envelope(Answer answer) {}

    /** Version 2 has the options, version 3 the headers. */
    static final class RequestCodec extends VersionedCodec<Request> {
        private static final long NONE = -1;

        RequestCodec() {
            super(Request.class, "publish-request", 3);
        }

        @Override
        protected void write(Request message, BusWriter out) {
            PublishCommand command = message.command();
            DeliveryClass requested = command.requestedClass();
            out.putString(command.tenant().value())
                    .putString(command.project().value())
                    .putString(command.topic().name())
                    .putString(command.event())
                    .putBytes(command.data())
                    .putOptional(command.contentType())
                    .putOptional(command.key())
                    .putOptional(command.sender())
                    .putOptional(requested == null ? null : requested.wireName());
            PublishOptions options = command.options();
            out.putBoolean(options != null);
            if (options != null) {
                Cursor last = options.ifLast();
                out.putLong(seconds(options.ttl()))
                        .putLong(seconds(options.remember()))
                        .putInt(last == null ? 0 : last.epoch())
                        .putLong(last == null ? NONE : last.sequence());
            }
            Map<String, String> headers = command.headers().asMap();
            out.putInt(headers.size());
            headers.forEach((name, value) -> out.putString(name).putString(value));
        }

        private static long seconds(@Nullable Duration duration) {
            return duration == null ? NONE : duration.toSeconds();
        }

        private static @Nullable Duration duration(BusReader in) {
            long seconds = in.getLong();
            return seconds == NONE ? null : Duration.ofSeconds(seconds);
        }

        private static @Nullable PublishOptions options(int version, BusReader in) {
            if (version < 2 || !in.getBoolean()) {
                return null;
            }
            Duration ttl = duration(in);
            Duration remember = duration(in);
            int epoch = in.getInt();
            long sequence = in.getLong();
            return new PublishOptions(ttl, sequence == NONE ? null : new Cursor(epoch, sequence), remember);
        }

        @Override
        protected Request read(int version, BusReader in) {
            var command = new PublishCommand(
                    new TenantId(in.getString()),
                    new ProjectId(in.getString()),
                    new Topic(in.getString()),
                    in.getString(),
                    in.getBytes(),
                    in.getOptional(),
                    EventHeaders.NONE,
                    in.getOptional(),
                    in.getOptional(),
                    version == 1 ? deliveryClass(in) : requestedClass(in),
                    options(version, in));
            return new Request(version < 3 ? command : command.withHeaders(headers(in)));
        }

        private static EventHeaders headers(BusReader in) {
            Map<String, String> headers = new LinkedHashMap<>();
            for (int left = in.getInt(); left > 0; left--) {
                headers.put(in.getString(), in.getString());
            }
            return EventHeaders.of(headers);
        }

        private static @Nullable DeliveryClass requestedClass(BusReader in) {
            String name = in.getOptional();
            return name == null ? null : named(name);
        }
    }

    /** Version 2 has the epoch of the cursor that some errors have. */
    static final class AnswerCodec extends VersionedCodec<Envelope> {
        private static final int ACCEPTED = 1;
        private static final int REFUSED = 2;

        AnswerCodec() {
            super(Envelope.class, "publish-answer", 2);
        }

        @Override
        protected void write(Envelope message, BusWriter out) {
            switch (message.answer()) {
                case Accepted accepted -> writeReceipt(accepted.receipt(), out.putByte(ACCEPTED));
                case Refused refused -> writeError(refused.error(), out.putByte(REFUSED));
            }
        }

        @Override
        protected Envelope read(int version, BusReader in) {
            return new Envelope(
                    switch (in.getByte()) {
                        case ACCEPTED -> new Accepted(readReceipt(in));
                        case REFUSED -> new Refused(readError(version, in));
                        default -> throw new IllegalArgumentException("neither accepted nor refused");
                    });
        }

        private static void writeReceipt(PublishReceipt receipt, BusWriter out) {
            Cursor cursor = receipt.cursor();
            out.putString(receipt.id().value())
                    .putString(receipt.topic().name())
                    .putBoolean(cursor != null)
                    .putInt(cursor == null ? 0 : cursor.epoch())
                    .putLong(cursor == null ? 0 : cursor.sequence())
                    .putBoolean(receipt.duplicate())
                    .putString(receipt.deliveryClass().wireName())
                    .putString(receipt.durability().wireName());
        }

        private static PublishReceipt readReceipt(BusReader in) {
            var id = new EventId(in.getString());
            var topic = new Topic(in.getString());
            boolean stored = in.getBoolean();
            int epoch = in.getInt();
            long sequence = in.getLong();
            return new PublishReceipt(
                    id,
                    topic,
                    stored ? new Cursor(epoch, sequence) : null,
                    in.getBoolean(),
                    deliveryClass(in),
                    Durability.valueOf(in.getString().toUpperCase(Locale.ROOT)));
        }

        /** The code, the number that some errors have and the epoch of the cursor in one, and what else they say. */
        private static void writeError(PlatformError error, BusWriter out) {
            long number = switch (error) {
                case AvailabilityError.PublisherSaturated e -> e.retryAfter().toMillis();
                case ConnectionEnd.ShuttingDown e -> e.reconnectAfter().toMillis();
                case RequestError.PayloadTooLarge e -> e.limit();
                case ConflictError.CursorConflict e -> e.last().sequence();
                default -> 0;
            };
            List<Violation> said = switch (error) {
                case RequestError.InvalidEventPayload e -> e.errors();
                case RequestError.InvalidParameter e -> List.of(new Violation(e.parameter(), e.reason()));
                default -> List.of();
            };
            int epoch =
                    error instanceof ConflictError.CursorConflict e ? e.last().epoch() : 0;
            out.putString(error.code()).putLong(number).putInt(epoch).putInt(said.size());
            said.forEach(violation -> out.putString(violation.pointer()).putString(violation.reason()));
        }

        private static PlatformError readError(int version, BusReader in) {
            String code = in.getString();
            long number = in.getLong();
            int epoch = version < 2 ? 0 : in.getInt();
            List<Violation> said = version == 1 ? List.of() : readViolations(in);
            return switch (code) {
                case "PUBLISHER_SATURATED" -> new AvailabilityError.PublisherSaturated(Duration.ofMillis(number));
                case "SHUTTING_DOWN" -> new ConnectionEnd.ShuttingDown(Duration.ofMillis(number));
                case "PAYLOAD_TOO_LARGE" -> new RequestError.PayloadTooLarge(number);
                case "EVENT_STORE_UNAVAILABLE" -> new AvailabilityError.EventStoreUnavailable();
                case "OUTCOME_UNKNOWN" -> new AvailabilityError.OutcomeUnknown();
                case "IDEMPOTENCY_CONFLICT" -> new ConflictError.IdempotencyConflict();
                case "CURSOR_CONFLICT" -> new ConflictError.CursorConflict(new Cursor(epoch, number));
                case "STORAGE_FULL" -> new AvailabilityError.StorageFull();
                case "INVALID_EVENT_PAYLOAD" -> new RequestError.InvalidEventPayload(said);
                case "INVALID_PARAMETER" ->
                    new RequestError.InvalidParameter(
                            said.getFirst().pointer(), said.getFirst().reason());
                case "DATABASE_UNAVAILABLE" -> new AvailabilityError.DatabaseUnavailable();
                default -> new AvailabilityError.Internal();
            };
        }

        private static List<Violation> readViolations(BusReader in) {
            int count = in.getInt();
            List<Violation> violations = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                violations.add(new Violation(in.getString(), in.getString()));
            }
            return violations;
        }
    }

    private static DeliveryClass deliveryClass(BusReader in) {
        return named(in.getString());
    }

    private static DeliveryClass named(String name) {
        return DeliveryClass.named(name).orElseThrow(() -> new IllegalArgumentException("no such class"));
    }
}
