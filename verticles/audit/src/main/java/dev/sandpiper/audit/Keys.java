package dev.sandpiper.audit;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The keys of the installation's trail.
 *
 * @param current what is signed with now
 * @param known by their ids, the current one first
 */
public record Keys(SigningKey current, Map<String, VerifyingKey> known) {
    public static Keys of(SigningKey current, List<VerifyingKey> former) {
        Map<String, VerifyingKey> known = new LinkedHashMap<>();
        known.put(current.verifying().id(), current.verifying());
        former.forEach(key -> known.putIfAbsent(key.id(), key));
        return new Keys(current, Collections.unmodifiableMap(known));
    }
}
