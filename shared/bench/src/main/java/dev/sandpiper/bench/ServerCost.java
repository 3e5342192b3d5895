package dev.sandpiper.bench;

/**
 * What the server spent, all of its processes together.
 *
 * @param cpuMicros processor time of the measured phase, in microseconds
 * @param rssKbBefore resident memory before the load, in KiB
 * @param rssKbAfter resident memory at the end of the measured phase, in KiB
 */
public record ServerCost(long cpuMicros, long rssKbBefore, long rssKbAfter) {}
