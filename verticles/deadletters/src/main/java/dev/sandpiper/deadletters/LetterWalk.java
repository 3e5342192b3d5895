package dev.sandpiper.deadletters;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Goes from letter to letter, one at a time, for a bounded number of letters and a bounded time. */
final class LetterWalk {
    private final LetterStore store;
    private final LetterFilter filter;
    private final Function<StoredLetter, Future<Boolean>> visitor;
    private final long deadline;
    private final Promise<@Nullable Long> ended = Promise.promise();
    private long position;
    private int left;

    private LetterWalk(
            LetterStore store,
            LetterFilter filter,
            long after,
            int limit,
            Duration time,
            Function<StoredLetter, Future<Boolean>> visitor) {
        this.store = store;
        this.filter = filter;
        this.position = after;
        this.left = limit;
        this.deadline = System.nanoTime() + time.toNanos();
        this.visitor = visitor;
    }

    /**
     * Fails when the store or the visitor does.
     *
     * @param visitor completes with false when it does not take the letter, which ends the walk before it
     * @return the position after which to go on; null when there is nothing left
     */
    static Future<@Nullable Long> over(
            LetterStore store,
            LetterFilter filter,
            long after,
            int limit,
            Duration time,
            Function<StoredLetter, Future<Boolean>> visitor) {
        var walk = new LetterWalk(store, filter, after, limit, time, visitor);
        walk.step();
        return walk.ended.future();
    }

    private void step() {
        store.next(filter, position).onComplete(this::arrive, ended::fail);
    }

    private void arrive(@Nullable StoredLetter letter) {
        if (letter == null) {
            ended.complete(null);
        } else if (left == 0 || System.nanoTime() - deadline > 0) {
            ended.complete(position);
        } else {
            visitor.apply(letter).onComplete(taken -> leave(letter, taken), ended::fail);
        }
    }

    private void leave(StoredLetter letter, boolean taken) {
        if (!taken) {
            ended.complete(position);
            return;
        }
        position = letter.sequence();
        left--;
        step();
    }
}
