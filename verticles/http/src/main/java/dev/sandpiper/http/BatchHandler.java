package dev.sandpiper.http;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.CursorCodec;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.protocol.BatchItem;
import dev.sandpiper.protocol.ReceiptJson;
import dev.sandpiper.runtime.events.Publisher;
import io.vertx.core.Handler;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /events/batch}: publishes all events in their order, so many at a time, and answers when the last has its
 * result. The answer's status is 200 whatever the results are; each has a status of its own.
 */
final class BatchHandler implements Handler<Exchange> {
    private static final Logger LOG = LoggerFactory.getLogger(BatchHandler.class);

    /** Events of one batch that are with the publisher at a time: a batch is not to take all that its tenant may have there. */
    private static final int WINDOW = 128;

    private final Publisher publisher;
    private final CursorCodec cursors;

    BatchHandler(Publisher publisher, CursorCodec cursors) {
        this.publisher = publisher;
        this.cursors = cursors;
    }

    @Override
    public void handle(Exchange exchange) {
        exchange.authenticate(Scope.EVENTS_PUBLISH)
                .onComplete(principal -> new Batch(exchange, principal).begin(), exchange::fail);
    }

    private final class Batch extends EventsBody {
        private List<BatchItem> items = List.of();
        private @Nullable Object[] results = {};
        private int next;
        private int running;
        private boolean starting;
        /** Why the rest is not even begun: the publisher cannot take it now. */
        private @Nullable PlatformError unavailable;

        Batch(Exchange exchange, Principal principal) {
            super(exchange, principal);
        }

        void begin() {
            try {
                if (RequestHeaders.idempotencyKey(exchange) != null) {
                    throw new PlatformException(new RequestError.InvalidParameter(
                            "Idempotency-Key", "cannot stand for a batch; give each event its own key"));
                }
                read();
            } catch (PlatformException e) {
                exchange.fail(e.error());
            }
        }

        @Override
        void parsed(List<BatchItem> parsed) {
            items = parsed;
            results = new @Nullable Object[parsed.size()];
            proceed();
        }

        private void proceed() {
            if (starting) {
                return;
            }
            starting = true;
            while (running < WINDOW && next < items.size()) {
                start(next++);
            }
            starting = false;
            if (running == 0 && next == items.size()) {
                answer();
            }
        }

        private void start(int index) {
            running++;
            PlatformError reason = unavailable;
            switch (items.get(index)) {
                case BatchItem.Refused refused -> settle(index, refused.error());
                case BatchItem.Event event -> {
                    if (reason != null) {
                        settle(index, reason);
                        return;
                    }
                    try {
                        publisher
                                .publish(event.body().command(principal, null, cursors))
                                .onComplete(
                                        receipt -> settle(index, receipt), failure -> settle(index, error(failure)));
                    } catch (RuntimeException e) {
                        settle(index, error(e));
                    }
                }
            }
        }

        private PlatformError error(Throwable failure) {
            if (failure instanceof PlatformException expected) {
                return PublishHandler.written(expected.error(), cursors, principal);
            }
            AccessLog.about(exchange, LOG.atError())
                    .setCause(failure)
                    .log("Publishing an event of a batch failed unexpectedly");
            return new AvailabilityError.Internal();
        }

        private void settle(int index, Object result) {
            results[index] = result;
            running--;
            if (unavailable == null && result instanceof AvailabilityError error) {
                unavailable = rest(error);
            }
            proceed();
        }

        /** What becomes of events that were not begun yet. */
        private static @Nullable PlatformError rest(AvailabilityError error) {
            if (error instanceof AvailabilityError.Internal) {
                return null;
            }
            // What was not begun is surely not stored.
            return error instanceof AvailabilityError.OutcomeUnknown
                    ? new AvailabilityError.EventStoreUnavailable()
                    : error;
        }

        private void answer() {
            var json = new ReceiptJson.Batch(results.length);
            for (Object result : results) {
                if (result instanceof PublishReceipt receipt) {
                    json.stored(receipt, PublishHandler.cursor(cursors, principal, receipt.cursor()));
                } else if (result instanceof PlatformError error) {
                    json.refused(error);
                }
            }
            exchange.answerJson(200, json.end());
        }
    }
}
