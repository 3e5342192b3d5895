package dev.sandpiper.perf.faults.load;

import java.time.Duration;

/**
 * How much traffic there is.
 *
 * @param topics each with its own publishers and subscribers
 * @param subscribers of each topic
 * @param publishers connections for each topic, each publishing one event after the other
 * @param pause of such a connection after each event
 */
public record Shape(int topics, int subscribers, int publishers, Duration pause) {
    /** One topic, published as fast as the connections can. */
    public static Shape stream(int subscribers, int publishers) {
        return new Shape(1, subscribers, publishers, Duration.ZERO);
    }
}
