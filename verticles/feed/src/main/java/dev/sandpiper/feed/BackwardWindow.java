package dev.sandpiper.feed;

import io.vertx.core.Future;
import java.util.function.LongFunction;

/**
 * Finds where to begin in order to read the last events below a position. The stream only reads forward; but how many events lie
 * above a sequence the server knows without reading them, so a window that holds about as many as wanted is found by halving.
 */
final class BackwardWindow {
    private final LongFunction<Future<Long>> count;
    private final long lowest;

    /**
     * @param count tells how many events there are above a sequence
     * @param lowest nothing at or below is wanted
     */
    BackwardWindow(LongFunction<Future<Long>> count, long lowest) {
        this.count = count;
        this.lowest = lowest;
    }

    /**
     * A sequence with about {@code wanted} events in (it, {@code high}]; never with fewer, if there are as many above the lowest.
     */
    Future<Long> below(long high, int wanted) {
        return count.apply(high).compose(above -> search(lowest, high, lowest, wanted, above));
    }

    /**
     * @param low with at least as many as wanted, or the lowest
     * @param high with fewer
     * @param guess to try next
     * @param above how many there are above the window
     */
    private Future<Long> search(long low, long high, long guess, int wanted, long above) {
        return count.apply(guess).compose(count -> {
            long within = count - above;
            int slack = Math.max(16, wanted / 4);
            if (guess == lowest && within <= wanted + slack) {
                return Future.succeededFuture(lowest);
            }
            if (within >= wanted && within <= wanted + slack) {
                return Future.succeededFuture(guess);
            }
            long newLow = within >= wanted ? guess : low;
            long newHigh = within >= wanted ? high : guess;
            if (newHigh - newLow <= 1) {
                return Future.succeededFuture(newLow);
            }
            long next = newLow + (newHigh - newLow) / 2;
            if (guess == lowest) {
                // The first step assumes that the events are spread evenly.
                long share = Math.max(wanted, (high - lowest) * (wanted + slack / 2) / Math.max(1, within));
                next = Math.max(lowest + 1, Math.min(high - 1, high - share));
            }
            return search(newLow, newHigh, next, wanted, above);
        });
    }
}
