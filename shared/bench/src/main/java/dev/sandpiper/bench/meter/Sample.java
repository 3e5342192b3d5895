package dev.sandpiper.bench.meter;

/**
 * What a server has spent so far.
 *
 * @param cpuMicros processor time since its start, in microseconds
 * @param rssKb resident memory now, in KiB
 */
public record Sample(long cpuMicros, long rssKb) {
    Sample plus(Sample other) {
        return new Sample(cpuMicros + other.cpuMicros, rssKb + other.rssKb);
    }
}
