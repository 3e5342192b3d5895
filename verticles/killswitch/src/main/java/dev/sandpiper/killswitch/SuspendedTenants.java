package dev.sandpiper.killswitch;

import dev.sandpiper.domain.TenantId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What a node knows of suspensions: pure, and never wrong for long. A full answer of PostgreSQL holds for everything up to its version; a
 * word from the bus holds for one tenant, if it is newer than that.
 *
 * @param version up to which everything is known
 * @param suspended as of now
 * @param words versions of newer words, by tenant
 */
record SuspendedTenants(long version, Set<TenantId> suspended, Map<TenantId, Long> words) {
    static final SuspendedTenants UNKNOWN = new SuspendedTenants(-1, Set.of(), Map.of());

    SuspendedTenants {
        suspended = Set.copyOf(suspended);
        words = Map.copyOf(words);
    }

    /** One tenant was suspended, or resumed. */
    SuspendedTenants hear(SuspensionWord word) {
        if (word.version() <= version || word.version() <= words.getOrDefault(word.tenant(), version)) {
            return this;
        }
        Set<TenantId> changed = new HashSet<>(suspended);
        if (word.suspended()) {
            changed.add(word.tenant());
        } else {
            changed.remove(word.tenant());
        }
        Map<TenantId, Long> heard = new HashMap<>(words);
        heard.put(word.tenant(), word.version());
        return new SuspendedTenants(version, changed, heard);
    }

    /** All of them, as of a version. Newer words stand, unless the database is an older one than before. */
    SuspendedTenants learn(long answered, Set<TenantId> all) {
        if (answered < version) {
            return new SuspendedTenants(answered, all, Map.of());
        }
        Set<TenantId> now = new HashSet<>(all);
        Map<TenantId, Long> newer = new HashMap<>();
        words.forEach((tenant, told) -> {
            if (told > answered) {
                newer.put(tenant, told);
                if (suspended.contains(tenant)) {
                    now.add(tenant);
                } else {
                    now.remove(tenant);
                }
            }
        });
        return new SuspendedTenants(answered, now, newer);
    }

    /** Who is suspended here and was not there. */
    Set<TenantId> newSince(SuspendedTenants before) {
        Set<TenantId> fresh = new HashSet<>(suspended);
        fresh.removeAll(before.suspended);
        return fresh;
    }
}
