package dev.sandpiper.runtime.auth;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What a node knows about keys, by id, and which ids it knows not to exist. Both are bounded, and apart, so that guessed ids
 * cannot push out real keys. Whatever arrives in whatever order, the highest version of a key wins. Reading takes no lock.
 *
 * <p>Times are those of {@link System#nanoTime()}.
 */
final class KeyCache {
    private final ConcurrentHashMap<String, CachedKey> keys = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, Long> missing = new ConcurrentHashMap<>();
    private final int capacity;
    private final long missingLifetime;
    private final Peppers peppers;

    KeyCache(int capacity, Duration missingLifetime, Peppers peppers) {
        this.capacity = capacity;
        this.peppers = peppers;
        this.missingLifetime = missingLifetime.toNanos();
    }

    @Nullable
    CachedKey get(String id) {
        return keys.get(id);
    }

    boolean isMissing(String id, long now) {
        Long since = missing.get(id);
        if (since == null) {
            return false;
        }
        if (now - since < missingLifetime) {
            return true;
        }
        missing.remove(id, since);
        return false;
    }

    /** Takes what PostgreSQL answered, unless a later change is known; returns what holds now. */
    CachedKey loaded(StoredKey key, long now) {
        CachedKey fresh = CachedKey.of(key, peppers.named(key.pepperId()), now);
        String id = key.principal().key().value();
        missing.remove(id);
        CachedKey kept = keys.merge(id, fresh, (old, loaded) -> old.version() > loaded.version() ? old : loaded);
        shrink(keys);
        return kept;
    }

    void absent(String id, long now) {
        keys.remove(id);
        missing.put(id, now);
        shrink(missing);
    }

    /** Takes word of a change. */
    void changed(KeyChange change, long now) {
        String id = change.id().value();
        CachedKey marker = change.kind() == KeyChange.Kind.GONE
                ? CachedKey.gone(change.version(), now)
                : CachedKey.outdated(change.version(), now);
        missing.remove(id);
        keys.merge(id, marker, (old, word) -> old.version() >= word.version() ? old : word);
        shrink(keys);
    }

    /** Forgets everything. */
    void clear() {
        keys.clear();
        missing.clear();
    }

    int size() {
        return keys.size();
    }

    /** From where keys were used since this was last asked, by their ids. */
    Map<String, String> takeUsed() {
        Map<String, String> uses = new LinkedHashMap<>();
        keys.forEach((id, key) -> {
            String from = key.takeUse();
            if (from != null) {
                uses.put(id, from);
            }
        });
        return uses;
    }

    /** Makes room by forgetting some, whichever come first: cheap, and a key that was in use is loaded again at once. */
    private void shrink(ConcurrentHashMap<String, ?> map) {
        if (map.size() <= capacity) {
            return;
        }
        Iterator<String> ids = map.keySet().iterator();
        for (int surplus = map.size() - capacity + capacity / 16; surplus > 0 && ids.hasNext(); surplus--) {
            ids.next();
            ids.remove();
        }
    }
}
