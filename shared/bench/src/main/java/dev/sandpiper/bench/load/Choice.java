package dev.sandpiper.bench.load;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Which series the next event, or batch, is of. */
@FunctionalInterface
public interface Choice {
    int next();

    /** Each in turn. */
    static Choice inTurn(int series) {
        int[] last = {-1};
        return () -> last[0] = (last[0] + 1) % series;
    }

    /**
     * By Zipf's law: the series at rank k is chosen in proportion to 1 / k<sup>exponent</sup>. The same sequence in every run.
     */
    static Choice zipf(int series, double exponent) {
        double[] cumulated = new double[series];
        double sum = 0;
        for (int rank = 0; rank < series; rank++) {
            sum += 1 / Math.pow(rank + 1, exponent);
            cumulated[rank] = sum;
        }
        double total = sum;
        SplittableRandom random = new SplittableRandom(1);
        return () -> {
            int at = Arrays.binarySearch(cumulated, random.nextDouble() * total);
            return Math.min(series - 1, at < 0 ? -at - 1 : at);
        };
    }
}
