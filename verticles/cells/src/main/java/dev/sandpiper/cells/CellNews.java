package dev.sandpiper.cells;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.runtime.bus.Bus;
import dev.sandpiper.runtime.bus.BusAddresses;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps {@link Cells} true: asks PostgreSQL what changed, at regular times and whenever the bus says that something did. One
 * question at a time; word that comes meanwhile makes it ask again. State changes on one context only.
 */
final class CellNews {
    private static final Logger log = LoggerFactory.getLogger(CellNews.class);

    private final Vertx vertx;
    private final Context context;
    private final Bus bus;
    private final String node;
    private final CellStore store;
    private final CellsConfig config;
    private final Cells cells;
    /** At first only the version counts: places are looked up when their tenants are met. */
    private long version = Long.MAX_VALUE;

    private @Nullable MessageConsumer<Object> announcements;
    private @Nullable Promise<Void> asking;
    private boolean ensured;
    private boolean begun;
    private boolean again;
    private boolean closed;
    private long timer = -1;

    CellNews(Vertx vertx, String node, CellStore store, CellsConfig config, Cells cells) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.bus = new Bus(vertx).register(new CellChange.Codec());
        this.node = node;
        this.store = store;
        this.config = config;
        this.cells = cells;
    }

    Future<Void> start() {
        return onContext(() -> {
            announcements = bus.listen(BusAddresses.CELLS, CellChange.class, change -> ask());
            return Future.join(announcements.completion(), ask()).mapEmpty();
        });
    }

    Future<Void> close() {
        return onContext(() -> {
            closed = true;
            vertx.cancelTimer(timer);
            return announcements == null ? Future.succeededFuture() : announcements.unregister();
        });
    }

    /** Something was decided; if the word is lost, it is noticed a moment later. */
    void announce() {
        bus.announce(BusAddresses.CELLS, new CellChange());
    }

    /** Completes once everything is known that was decided before this call, or PostgreSQL was asked in vain. Never fails. */
    Future<Void> ask() {
        return onContext(() -> {
            if (closed) {
                return Future.succeededFuture();
            }
            again = true;
            Promise<Void> underWay = asking;
            if (underWay != null) {
                return underWay.future();
            }
            Promise<Void> promise = Promise.promise();
            asking = promise;
            vertx.cancelTimer(timer);
            rounds();
            return promise.future();
        });
    }

    private void rounds() {
        again = false;
        ensure().compose(v -> store.changesSince(version)).compose(this::take).onComplete(result -> {
            if (result.failed()) {
                failed(result.cause());
            }
            if (result.succeeded() && (result.result() || again)) {
                rounds();
                return;
            }
            Promise<Void> done = asking;
            asking = null;
            if (!closed) {
                timer = vertx.setTimer(config.pollInterval().toMillis(), id -> ask());
            }
            if (done != null) {
                done.complete();
            }
        });
    }

    private Future<Void> ensure() {
        if (ensured) {
            return Future.succeededFuture();
        }
        return store.ensure(config.count(), config.settle()).onSuccess(v -> {
            ensured = true;
            announce();
        });
    }

    /** Whether there is more to ask for. */
    private Future<Boolean> take(CellStore.Changes changes) {
        Future<Void> streams = cells.streamsAre(changes.streams());
        List<Future<Void>> quiet = new ArrayList<>();
        changes.places().forEach(place -> quiet.add(cells.placeIs(place)));
        version = changes.version();
        // A node begins with all streams; later nobody waits for one that is not there.
        boolean begins = !begun;
        begun = true;
        return (begins ? streams : Future.<Void>succeededFuture())
                .compose(v -> Future.join(quiet))
                .compose(v -> changes.streams().size() > 1 ? store.confirm(node, version) : Future.succeededFuture())
                .map(changes.more());
    }

    private static void failed(Throwable failure) {
        boolean away = failure instanceof PlatformException outcome
                && outcome.error() instanceof AvailabilityError.DatabaseUnavailable;
        if (!away) {
            log.atError().setCause(failure).log("Changes of event streams could not be read");
        }
    }

    private Future<Void> onContext(Supplier<Future<Void>> action) {
        Promise<Void> promise = ((ContextInternal) vertx.getOrCreateContext()).promise();
        context.runOnContext(v -> action.get().onComplete(promise));
        return promise.future();
    }
}
