package dev.sandpiper.cells.nats;

/**
 * How positions in a stream that a tenant has left map to the one it came to.
 *
 * @param first sequence of the target before the first copy
 * @param last sequence of the last copy
 * @param sourceTrimmed up to here events had gone from the source: cursors before are not understood
 */
public record Passage(int sourceEpoch, int targetEpoch, long first, long last, long sourceTrimmed) {}
