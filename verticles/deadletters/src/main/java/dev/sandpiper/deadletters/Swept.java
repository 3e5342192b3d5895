package dev.sandpiper.deadletters;

import dev.sandpiper.domain.PlatformError;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far an operation on many letters has come.
 *
 * @param done letters that were dealt with and are gone
 * @param failed letters that are still there
 * @param remaining letters that are left after {@code next}, at most
 * @param next where to go on; null when there is nothing left
 */
public record Swept(
        int done,
        List<Failure> failed,
        long remaining,
        @Nullable Long next) {
    /** One letter that could not be dealt with. */
    public record Failure(StoredLetter letter, PlatformError error) {}

    public Swept {
        failed = List.copyOf(failed);
    }
}
