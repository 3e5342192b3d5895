package dev.sandpiper.filters;

import dev.cel.common.values.NullValue;
import dev.sandpiper.domain.StoredEvent;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * Payloads as values of CEL. Remembers the latest, because events come one by one and several filters look at each. Safe for use
 * by several threads.
 */
final class EventData {
    private record Parsed(WeakReference<StoredEvent> event, Object value) {}

    private volatile @Nullable Parsed latest;

    /** {@code null} in the sense of CEL for a payload that is no JSON. */
    Object of(StoredEvent event) {
        if (event.contentType() != null) {
            return NullValue.NULL_VALUE;
        }
        Parsed known = latest;
        if (known != null && known.event.refersTo(event)) {
            return known.value;
        }
        Object value = JsonValues.parse(event.data());
        latest = new Parsed(new WeakReference<>(event), value);
        return value;
    }
}
