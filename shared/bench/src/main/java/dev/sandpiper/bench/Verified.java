package dev.sandpiper.bench;

import org.jspecify.annotations.Nullable;

/**
 * The account of all messages of a run, its warm-up included.
 *
 * @param expected deliveries (in {@code publish}: receipts) that were due
 * @param received of these, each counted once
 * @param lost never came
 * @param repeated came again
 * @param reordered came after a later one of the same topic
 */
public record Verified(long expected, long received, long lost, long repeated, long reordered) {
    static final Verified NOTHING = new Verified(0, 0, 0, 0, 0);

    /** As a sentence, or null when all is well. */
    @Nullable
    String fault() {
        if (lost == 0 && repeated == 0 && reordered == 0) {
            return null;
        }
        return "of " + expected + " messages " + lost + " were lost, " + repeated + " repeated, " + reordered
                + " out of order";
    }
}
