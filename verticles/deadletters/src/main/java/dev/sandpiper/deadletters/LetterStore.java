package dev.sandpiper.deadletters;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * Keeps letters, in the order in which they came. Futures complete on the caller's context and fail with {@code
 * EVENT_STORE_UNAVAILABLE}.
 */
public interface LetterStore {
    /**
     * Stores a letter, unless one with this key was stored within the last minutes.
     *
     * @return false when it was
     */
    Future<Boolean> add(DeadLetter letter, String key);

    /** Null when there is none of this project at this position (any more). */
    Future<@Nullable StoredLetter> read(TenantId tenant, ProjectId project, Cursor position);

    /**
     * The first letter after a position that the filter lets pass; null when there is none.
     *
     * @param after 0 for the beginning
     */
    Future<@Nullable StoredLetter> next(LetterFilter filter, long after);

    /** How many letters there are after a position; {@link LetterFilter#until} does not narrow that. */
    Future<Long> count(LetterFilter filter, long after);

    /** Completes with false when it was gone already. */
    Future<Boolean> remove(StoredLetter letter);

    /** Which incarnation of the store this is: positions of another mean nothing. */
    int epoch();
}
