package dev.sandpiper.bench.wire;

/**
 * An event's data: {@code {"~due":<nanoseconds>,"s":<series>,"n":<number>,"p":"xxx"}}. A series is what keeps its order: the events
 * of one topic by one publisher, numbered from 0.
 */
public final class Payload {
    /** The shortest that is sure to hold the numbers of any run. */
    public static final int MINIMUM = 64;

    /** Rare in what servers wrap around an event, so that an event is found quickly. */
    static final byte MARK = '~';

    private Payload() {}

    /** @param size in bytes */
    public static String of(long due, int series, int number, int size) {
        StringBuilder data = new StringBuilder(size);
        data.append("{\"~due\":").append(due);
        data.append(",\"s\":").append(series);
        data.append(",\"n\":").append(number).append(",\"p\":\"");
        data.repeat('x', Math.max(0, size - data.length() - 2));
        return data.append("\"}").toString();
    }
}
