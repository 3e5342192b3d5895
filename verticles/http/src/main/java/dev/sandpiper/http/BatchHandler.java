package dev.sandpiper.http;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.CursorCodec;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.protocol.BatchBody;
import dev.sandpiper.protocol.BatchItem;
import dev.sandpiper.protocol.MediaTypes;
import dev.sandpiper.protocol.ReceiptJson;
import dev.sandpiper.runtime.events.Publisher;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /events/batch}: publishes all events at once, in their order, and answers when the last has its result. The
 * answer's status is 200 whatever the results are; each has a status of its own.
 */
final class BatchHandler implements Handler<Exchange> {
    private static final Logger LOG = LoggerFactory.getLogger(BatchHandler.class);

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

    private final class Batch implements BodyReader.Receiver {
        private final Exchange exchange;
        private final Principal principal;
        private boolean lines;
        private @Nullable Object[] results = {};
        private int pending;

        Batch(Exchange exchange, Principal principal) {
            this.exchange = exchange;
            this.principal = principal;
        }

        void begin() {
            try {
                RequestHeaders.requirePlainBody(exchange);
                exchange.query().requireOnly(Set.of());
                lines = isLines();
                if (RequestHeaders.idempotencyKey(exchange) != null) {
                    throw new PlatformException(new RequestError.InvalidParameter(
                            "Idempotency-Key", "cannot stand for a batch; give each event its own key"));
                }
            } catch (PlatformException e) {
                exchange.fail(e.error());
                return;
            }
            BodyReader.read(exchange, exchange.front().config.maxBatchBytes(), this);
        }

        private boolean isLines() {
            String contentType = exchange.request().headers().get(HttpHeaders.CONTENT_TYPE);
            if (contentType == null || (MediaTypes.isJson(contentType) && MediaTypes.isUtf8(contentType))) {
                return false;
            }
            if (MediaTypes.isLines(contentType) && MediaTypes.isUtf8(contentType)) {
                return true;
            }
            throw new PlatformException(
                    new RequestError.UnsupportedMediaType(MediaTypes.JSON + " or " + MediaTypes.NDJSON));
        }

        @Override
        public void onBodyFailed(PlatformError error) {
            exchange.fail(error);
        }

        @Override
        public void onBody(byte[] bytes, int offset, int length) {
            int maxItem = exchange.front().config.maxEventBytes();
            List<BatchItem> items;
            try {
                items = lines
                        ? BatchBody.parseLines(bytes, offset, length, maxItem)
                        : BatchBody.parseArray(bytes, offset, length, maxItem);
            } catch (RuntimeException e) {
                exchange.fail(e);
                return;
            }
            results = new @Nullable Object[items.size()];
            pending = items.size();
            for (int i = 0; i < items.size(); i++) {
                start(i, items.get(i));
            }
        }

        private void start(int index, BatchItem item) {
            switch (item) {
                case BatchItem.Refused refused -> settle(index, refused.error());
                case BatchItem.Event event -> {
                    try {
                        publisher
                                .publish(event.body().command(principal, null))
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
                return expected.error();
            }
            AccessLog.about(exchange, LOG.atError())
                    .setCause(failure)
                    .log("Publishing an event of a batch failed unexpectedly");
            return new AvailabilityError.Internal();
        }

        private void settle(int index, Object result) {
            results[index] = result;
            pending--;
            if (pending == 0) {
                answer();
            }
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
