package dev.sandpiper.runtime.auth;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads keys into the cache, each only once however many ask for it at the same time. Safe for use by several threads. */
final class KeyLoader {
    private static final Logger log = LoggerFactory.getLogger(KeyLoader.class);

    private final Vertx vertx;
    private final KeyStore store;
    private final KeyCache cache;
    private final Peppers peppers;
    private final ConcurrentHashMap<String, Promise<Optional<CachedKey>>> loading = new ConcurrentHashMap<>();

    KeyLoader(Vertx vertx, KeyStore store, KeyCache cache, Peppers peppers) {
        this.vertx = vertx;
        this.store = store;
        this.cache = cache;
        this.peppers = peppers;
    }

    boolean isLoading(String id) {
        return loading.containsKey(id);
    }

    /**
     * The key as PostgreSQL has it, or the word of a later change; empty when there is none. On the caller's context.
     *
     * @param askedAt when the caller looked into the cache, as of {@link System#nanoTime()}
     */
    Future<Optional<CachedKey>> load(String id, long askedAt) {
        Promise<Optional<CachedKey>> mine = Promise.promise();
        Promise<Optional<CachedKey>> running = loading.putIfAbsent(id, mine);
        if (running == null) {
            start(id, askedAt, mine);
            running = mine;
        }
        ContextInternal context = (ContextInternal) vertx.getOrCreateContext();
        Promise<Optional<CachedKey>> here = context.promise();
        running.future().onComplete(here);
        return here.future();
    }

    private void start(String id, long askedAt, Promise<Optional<CachedKey>> promise) {
        Future.succeededFuture().compose(v -> loadUnlessLoaded(id, askedAt)).onComplete(result -> {
            // In this order: whoever comes now finds the cache filled.
            loading.remove(id);
            promise.handle(result);
        });
    }

    /** Another load may have ended between the caller's look into the cache and the beginning of this one. */
    private Future<Optional<CachedKey>> loadUnlessLoaded(String id, long askedAt) {
        CachedKey cached = cache.get(id);
        if (cached != null && cached.state() != CachedKey.State.OUTDATED && cached.age(askedAt) <= 0) {
            return Future.succeededFuture(Optional.of(cached));
        }
        if (cached == null && cache.isMissing(id, askedAt)) {
            return Future.succeededFuture(Optional.empty());
        }
        return store.load(id).map(found -> remember(id, found));
    }

    private Optional<CachedKey> remember(String id, Optional<StoredKey> found) {
        long now = System.nanoTime();
        if (found.isEmpty()) {
            cache.absent(id, now);
            return Optional.empty();
        }
        StoredKey key = found.get();
        if (peppers.named(key.pepperId()) == null) {
            log.atWarn()
                    .addKeyValue("tenant", key.principal().tenant())
                    .addKeyValue("key_id", id)
                    .log("An API key was made under a pepper that this node does not have, and cannot be checked");
        }
        return Optional.of(cache.loaded(key, now));
    }
}
