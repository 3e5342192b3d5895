package dev.sandpiper.topics.schema;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether two schemas say the same in the same words, wherever they stand. Pairs that are being compared count as the same. */
final class Sameness {
    private final Map<SchemaNode, Set<SchemaNode>> assumed = new HashMap<>();

    boolean of(SchemaNode one, SchemaNode other) {
        assumed.clear();
        return compare(one, other);
    }

    /** Likewise for what a keyword holds: a schema, a list or a map of them. */
    boolean ofValues(@Nullable Object one, @Nullable Object other) {
        assumed.clear();
        return values(one, other);
    }

    private boolean compare(@Nullable SchemaNode one, @Nullable SchemaNode other) {
        if (one == null || other == null) {
            return one == other;
        }
        Meter.charge(1);
        if (one == other
                || !assumed.computeIfAbsent(one, any -> new HashSet<>()).add(other)) {
            return true;
        }
        return Objects.equals(one.constant, other.constant)
                && one.assertions.equals(other.assertions)
                && one.single.keySet().equals(other.single.keySet())
                && one.lists.keySet().equals(other.lists.keySet())
                && one.maps.keySet().equals(other.maps.keySet())
                && compare(one.reference, other.reference)
                && one.single.keySet().stream().allMatch(key -> values(one.single.get(key), other.single.get(key)))
                && one.lists.keySet().stream().allMatch(key -> values(one.lists.get(key), other.lists.get(key)))
                && one.maps.keySet().stream().allMatch(key -> values(one.maps.get(key), other.maps.get(key)));
    }

    private boolean values(@Nullable Object one, @Nullable Object other) {
        if (one instanceof SchemaNode schema && other instanceof SchemaNode another) {
            return compare(schema, another);
        }
        if (one instanceof List<?> some && other instanceof List<?> others) {
            return some.size() == others.size() && inOrder(some.iterator(), others.iterator());
        }
        if (one instanceof Map<?, ?> some && other instanceof Map<?, ?> others) {
            return some.keySet().equals(others.keySet())
                    && some.keySet().stream().allMatch(name -> values(some.get(name), others.get(name)));
        }
        return false;
    }

    private boolean inOrder(Iterator<?> some, Iterator<?> others) {
        while (some.hasNext()) {
            if (!values(some.next(), others.next())) {
                return false;
            }
        }
        return true;
    }
}
