package dev.sandpiper.cells;

import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.domain.PublishTransaction;
import dev.sandpiper.runtime.events.Publisher;
import dev.sandpiper.runtime.events.Transactions;
import io.vertx.core.Future;
import java.util.List;

/** Publishes into the tenant's stream. With one stream this is one look at a field. */
public final class CellPublisher implements Publisher {
    private final Cells cells;

    public CellPublisher(Cells cells) {
        this.cells = cells;
    }

    @Override
    public Future<PublishReceipt> publish(PublishCommand command) {
        Cell only = cells.only();
        return only != null
                ? only.publisher().publish(command)
                : cells.write(command.tenant(), cell -> cell.publisher().publish(command));
    }

    /** Several events in one step: a tenant's stream is one. */
    public Transactions transactions() {
        return this::publishTogether;
    }

    private Future<List<PublishReceipt>> publishTogether(PublishTransaction transaction) {
        Cell only = cells.only();
        return only != null
                ? only.transactions().publish(transaction)
                : cells.write(transaction.tenant(), cell -> cell.transactions().publish(transaction));
    }
}
