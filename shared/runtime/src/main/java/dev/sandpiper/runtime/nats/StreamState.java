package dev.sandpiper.runtime.nats;

/**
 * The event stream as its leader last described it.
 *
 * @param epoch which incarnation of the stream
 * @param firstSequence of the oldest event still there; one above {@code lastSequence} when the stream is empty
 * @param lastSequence of the newest event, 0 when there never was one
 */
public record StreamState(int epoch, long firstSequence, long lastSequence) {}
