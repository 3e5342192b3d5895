package dev.sandpiper.retention;

/**
 * What is stored.
 *
 * @param bytes as the event store counts them: subject, headers, payload and a few for each record
 */
public record Usage(long events, long bytes) {
    public static final Usage NOTHING = new Usage(0, 0);

    Usage plus(long moreEvents, long moreBytes) {
        return new Usage(events + moreEvents, bytes + moreBytes);
    }
}
