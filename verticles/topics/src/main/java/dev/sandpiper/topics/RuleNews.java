package dev.sandpiper.topics;

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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the {@link RuleBook} true: asks PostgreSQL what changed, at regular times and whenever the bus says that something did. One
 * question at a time; word that comes meanwhile makes it ask again. State changes on one context only.
 */
final class RuleNews {
    private static final Logger log = LoggerFactory.getLogger(RuleNews.class);

    private final Vertx vertx;
    private final Context context;
    private final Bus bus;
    private final RuleStore store;
    private final RuleBook book;
    private final long pollMillis;
    private final List<RuleStore.RuleSet> fresh = new ArrayList<>();
    private boolean loading = true;
    private long version;
    private @Nullable MessageConsumer<Object> announcements;
    private boolean asking;
    private boolean again;
    private boolean closed;
    private long timer = -1;

    RuleNews(Vertx vertx, RuleStore store, RuleBook book, Duration pollInterval) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.bus = new Bus(vertx).register(new RuleChange.Codec());
        this.store = store;
        this.book = book;
        this.pollMillis = pollInterval.toMillis();
    }

    /** Succeeds also when PostgreSQL is away; it is asked until it answers. */
    Future<Void> start() {
        return onContext(() -> {
            announcements = bus.listen(BusAddresses.TOPIC_RULES, RuleChange.class, change -> ask());
            Promise<Void> asked = Promise.promise();
            ask().onComplete(asked);
            return Future.join(announcements.completion(), asked.future()).mapEmpty();
        });
    }

    Future<Void> close() {
        return onContext(() -> {
            closed = true;
            vertx.cancelTimer(timer);
            return announcements == null ? Future.succeededFuture() : announcements.unregister();
        });
    }

    void announce(RuleChange change) {
        bus.announce(BusAddresses.TOPIC_RULES, change);
    }

    /** Asks until there is nothing new; while that goes on, only notes that it was called. Never fails. */
    private Future<Void> ask() {
        if (asking || closed) {
            again = true;
            return Future.succeededFuture();
        }
        asking = true;
        again = false;
        vertx.cancelTimer(timer);
        return store.changesSince(version).compose(this::take).transform(result -> {
            asking = false;
            boolean more = result.succeeded() && (result.result() || again);
            if (result.failed()) {
                failed(result.cause());
            }
            if (more) {
                return ask();
            }
            if (!closed) {
                timer = vertx.setTimer(pollMillis, id -> ask());
            }
            return Future.succeededFuture();
        });
    }

    /** Whether there is more to ask for. Compiling takes time, and happens elsewhere. */
    private Future<Boolean> take(RuleStore.Changes changes) {
        if (changes.startAgain()) {
            loading = true;
            version = 0;
            fresh.clear();
            return Future.succeededFuture(true);
        }
        if (loading) {
            return load(changes);
        }
        if (changes.changed().isEmpty()) {
            version = changes.version();
            return Future.succeededFuture(changes.more());
        }
        return elsewhere(() -> changes.changed().forEach(book::take)).map(done -> {
            version = changes.version();
            return changes.more();
        });
    }

    /** Page by page until everything is there, and then at once: the former rules hold until then. */
    private Future<Boolean> load(RuleStore.Changes changes) {
        fresh.addAll(changes.changed());
        version = changes.version();
        if (changes.more()) {
            return Future.succeededFuture(true);
        }
        List<RuleStore.RuleSet> all = List.copyOf(fresh);
        return elsewhere(() -> {
                    book.replace(all);
                    book.completed();
                })
                .map(done -> {
                    fresh.clear();
                    loading = false;
                    return false;
                });
    }

    private Future<Void> elsewhere(Runnable work) {
        return vertx.executeBlocking(
                        () -> {
                            work.run();
                            return true;
                        },
                        false)
                .mapEmpty();
    }

    private static void failed(Throwable failure) {
        boolean away = failure instanceof PlatformException outcome
                && outcome.error() instanceof AvailabilityError.DatabaseUnavailable;
        if (!away) {
            log.atError().setCause(failure).log("Changes of topic rules could not be read");
        }
    }

    private Future<Void> onContext(Supplier<Future<Void>> action) {
        Promise<Void> promise = ((ContextInternal) vertx.getOrCreateContext()).promise();
        context.runOnContext(v -> action.get().onComplete(promise));
        return promise.future();
    }
}
