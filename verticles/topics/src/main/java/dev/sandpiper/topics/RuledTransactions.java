package dev.sandpiper.topics;

import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.domain.PublishTransaction;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.runtime.events.Transactions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.List;

/** Lets a transaction through only when each of its events keeps the rule of its topic. */
final class RuledTransactions implements Transactions {
    private final VertxInternal vertx;
    private final RuleCheck check;
    private final Transactions next;

    RuledTransactions(Vertx vertx, RuleCheck check, Transactions next) {
        this.vertx = (VertxInternal) vertx;
        this.check = check;
        this.next = next;
    }

    @Override
    public Future<List<PublishReceipt>> publish(PublishTransaction transaction) {
        PublishTransaction kept;
        try {
            List<PublishCommand> events = new ArrayList<>();
            for (int i = 0; i < transaction.events().size(); i++) {
                events.add(keep(transaction.events().get(i), i));
            }
            kept = new PublishTransaction(transaction.tenant(), transaction.project(), transaction.key(), events);
        } catch (PlatformException e) {
            return vertx.getOrCreateContext().failedFuture(e);
        }
        return next.publish(kept);
    }

    private PublishCommand keep(PublishCommand event, int index) {
        try {
            return check.keep(event);
        } catch (PlatformException e) {
            throw new PlatformException(new RequestError.OfEvent(index, e.error()), e);
        }
    }
}
