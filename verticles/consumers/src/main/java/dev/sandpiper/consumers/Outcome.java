package dev.sandpiper.consumers;

import dev.sandpiper.domain.PlatformError;
import org.jspecify.annotations.Nullable;

/**
 * What became of a worker's word about one delivery.
 *
 * @param error null when it was done
 * @param published receipts of what was published with it, a JSON array; null for nothing
 */
record Outcome(@Nullable PlatformError error, byte @Nullable [] published) {
    static final Outcome DONE = new Outcome(null, null);

    static Outcome refused(PlatformError error) {
        return new Outcome(error, null);
    }
}
