package dev.sandpiper.http;

import dev.sandpiper.domain.CursorCodec;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.domain.PublishTransaction;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.protocol.BatchItem;
import dev.sandpiper.protocol.PublishBody;
import dev.sandpiper.protocol.ReceiptJson;
import dev.sandpiper.runtime.events.Transactions;
import io.vertx.core.Handler;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /events/transaction}: all of the events or none. Whatever is wrong with one of them is the answer to the whole, and
 * names it by its index. {@code Idempotency-Key} stands for the whole; the events have no keys of their own.
 */
final class TransactionHandler implements Handler<Exchange> {
    private static final int STATUS = 201;

    private final Transactions transactions;
    private final CursorCodec cursors;

    TransactionHandler(Transactions transactions, CursorCodec cursors) {
        this.transactions = transactions;
        this.cursors = cursors;
    }

    @Override
    public void handle(Exchange exchange) {
        exchange.authenticate(Scope.EVENTS_PUBLISH)
                .onComplete(principal -> new Whole(exchange, principal).begin(), exchange::fail);
    }

    private final class Whole extends EventsBody {
        private @Nullable String key;

        Whole(Exchange exchange, Principal principal) {
            super(exchange, principal);
        }

        void begin() {
            try {
                key = RequestHeaders.idempotencyKey(exchange);
                read();
            } catch (PlatformException e) {
                exchange.fail(e.error());
            }
        }

        @Override
        void parsed(List<BatchItem> items) {
            List<PublishCommand> events = new ArrayList<>(items.size());
            for (int i = 0; i < items.size(); i++) {
                events.add(event(items.get(i), i));
            }
            transactions
                    .publish(new PublishTransaction(principal.tenant(), principal.project(), key, events))
                    .onComplete(this::answer, this::refuse);
        }

        private PublishCommand event(BatchItem item, int index) {
            try {
                return switch (item) {
                    case BatchItem.Refused refused -> throw new PlatformException(refused.error());
                    case BatchItem.Event event -> command(event.body(), index);
                };
            } catch (PlatformException e) {
                throw new PlatformException(new RequestError.OfEvent(index, e.error()), e);
            }
        }

        private PublishCommand command(PublishBody body, int index) {
            if (body.key() != null) {
                throw new PlatformException(new RequestError.InvalidParameter(
                        "key", "is for the whole transaction; send it as Idempotency-Key"));
            }
            return body.command(principal, PublishTransaction.keyOf(key, index), cursors);
        }

        private void answer(List<PublishReceipt> receipts) {
            var json = new ReceiptJson.Receipts(receipts.size());
            for (PublishReceipt receipt : receipts) {
                json.add(receipt, PublishHandler.cursor(cursors, principal, receipt.cursor()));
            }
            exchange.answerJson(STATUS, json.end());
        }

        private void refuse(Throwable failure) {
            if (failure instanceof PlatformException expected) {
                exchange.fail(PublishHandler.written(expected.error(), cursors, principal));
            } else {
                exchange.fail(failure);
            }
        }
    }
}
