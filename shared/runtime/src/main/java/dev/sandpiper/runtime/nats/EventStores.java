package dev.sandpiper.runtime.nats;

import dev.sandpiper.domain.TenantId;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The event streams of the installation. All events of a tenant lie in one of them. Safe for use by several threads.
 */
public interface EventStores {
    /** Number 0, which always exists. */
    EventStore first();

    /**
     * Where a tenant's events lie. Completes on the caller's context, mostly at once; fails with {@code DATABASE_UNAVAILABLE} when
     * nobody knows yet, or {@code EVENT_STORE_UNAVAILABLE} while this node has not opened that stream.
     */
    Future<EventStore> of(TenantId tenant);

    /** All that this node has opened, number 0 first. */
    List<EventStore> all();

    /** Names of streams that ought to be there and that this node cannot open. */
    List<String> missing();

    /** Calls back whenever this node has opened one more. Called on any thread; must not block. */
    void onOpened(Runnable listener);

    /** The one of a stream with this name, null when this node has not opened it. */
    default @Nullable EventStore named(String stream) {
        for (EventStore store : all()) {
            if (store.subjects().stream().equals(stream)) {
                return store;
            }
        }
        return null;
    }

    /** Of an installation that has one. */
    static EventStores of(EventStore only) {
        return new EventStores() {
            @Override
            public EventStore first() {
                return only;
            }

            @Override
            public Future<EventStore> of(TenantId tenant) {
                return Future.succeededFuture(only);
            }

            @Override
            public List<EventStore> all() {
                return List.of(only);
            }

            @Override
            public List<String> missing() {
                return List.of();
            }

            @Override
            public void onOpened(Runnable listener) {
                // There never is one more.
            }
        };
    }
}
