package dev.sandpiper.http;

import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.CursorCodec;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.protocol.PayloadLimit;
import dev.sandpiper.protocol.PublishBody;
import dev.sandpiper.protocol.PublishExtras;
import dev.sandpiper.protocol.ReceiptJson;
import dev.sandpiper.protocol.ScheduleJson;
import dev.sandpiper.runtime.events.Publisher;
import dev.sandpiper.runtime.events.Schedules;
import io.vertx.core.Completable;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /events}: the way that most requests take. It makes one object of its own per request, which is the body's
 * receiver and the publisher's listener in one.
 */
final class PublishHandler implements Handler<Exchange> {
    static final String ROUTE = "/events";

    private final Publisher publisher;
    private final Schedules schedules;
    private final CursorCodec cursors;

    PublishHandler(Publisher publisher, Schedules schedules, CursorCodec cursors) {
        this.publisher = publisher;
        this.schedules = schedules;
        this.cursors = cursors;
    }

    @Override
    public void handle(Exchange exchange) {
        exchange.route(ROUTE);
        Future<Principal> who = exchange.authenticate(Scope.EVENTS_PUBLISH);
        if (who.succeeded()) {
            new Publication(exchange, who.result()).begin();
        } else if (who.failed()) {
            exchange.fail(who.cause());
        } else {
            who.onComplete(principal -> new Publication(exchange, principal).begin(), exchange::fail);
        }
    }

    private final class Publication implements BodyReader.Receiver, Completable<PublishReceipt> {
        private final Exchange exchange;
        private final Principal principal;
        private @Nullable BinaryEvent binary;
        private @Nullable String key;

        Publication(Exchange exchange, Principal principal) {
            this.exchange = exchange;
            this.principal = principal;
        }

        void begin() {
            try {
                key = RequestHeaders.idempotencyKey(exchange);
                binary = BinaryEvent.of(exchange);
            } catch (PlatformException e) {
                exchange.fail(e.error());
                return;
            }
            PayloadLimit limit = exchange.front().config.payload();
            // A binary body is the payload itself.
            BodyReader.read(exchange, binary == null ? limit.document() : limit.bytes(), limit.bytes(), this);
        }

        @Override
        public void onBody(byte[] bytes, int offset, int length) {
            try {
                PublishBody body =
                        binary == null ? PublishBody.parse(bytes, offset, length) : binary.body(bytes, offset, length);
                exchange.front().config.payload().check(body.data());
                if (key != null && body.key() != null && !key.equals(body.key())) {
                    throw new PlatformException(
                            new RequestError.InvalidParameter("key", "and the Idempotency-Key header are different"));
                }
                PublishExtras extras = body.extras();
                if (extras == null || extras.deliverAt() == null) {
                    publisher.publish(body.command(principal, key, cursors)).onComplete(this);
                } else {
                    schedule(body.withoutTime(), extras.deliverAt());
                }
            } catch (RuntimeException e) {
                exchange.fail(e);
            }
        }

        private void schedule(PublishBody body, Instant deliverAt) {
            schedules
                    .schedule(body.command(principal, key, cursors), deliverAt)
                    .onComplete(
                            scheduled -> exchange.answerJson(
                                    ScheduleJson.STATUS,
                                    ScheduleJson.scheduled(
                                            scheduled.id(),
                                            scheduled.topic().name(),
                                            scheduled.deliverAt(),
                                            scheduled.duplicate())),
                            exchange::fail);
        }

        @Override
        public void onBodyFailed(PlatformError error) {
            exchange.fail(error);
        }

        @Override
        public void complete(@Nullable PublishReceipt receipt, @Nullable Throwable failure) {
            if (receipt != null) {
                exchange.answerJson(
                        ReceiptJson.STATUS, ReceiptJson.encode(receipt, cursor(cursors, principal, receipt.cursor())));
            } else if (failure instanceof PlatformException expected) {
                exchange.fail(written(expected.error(), cursors, principal));
            } else if (failure != null) {
                exchange.fail(failure);
            }
        }
    }

    /** The error as a client of this project is told it: with the cursor that it may hold in the client's form. */
    static PlatformError written(PlatformError error, CursorCodec cursors, Principal principal) {
        return switch (error) {
            case ConflictError.CursorConflict conflict ->
                conflict.written(cursors, principal.tenant(), principal.project());
            case RequestError.OfEvent of ->
                new RequestError.OfEvent(of.index(), written(of.cause(), cursors, principal));
            default -> error;
        };
    }

    static @Nullable String cursor(CursorCodec cursors, Principal principal, @Nullable Cursor cursor) {
        return cursor == null ? null : cursors.encode(principal.tenant(), principal.project(), cursor);
    }
}
