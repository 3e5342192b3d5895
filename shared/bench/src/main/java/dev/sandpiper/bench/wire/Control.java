package dev.sandpiper.bench.wire;

import org.jspecify.annotations.Nullable;

/**
 * What a frame means that is no event.
 *
 * @param subscribed how many subscriptions it confirms; {@link #ALL} for all of its connection
 * @param refusal why the server will not do what was asked, null when it will
 * @param answer the text to send back, null for none
 */
public record Control(
        int subscribed, @Nullable String refusal, @Nullable String answer) {
    public static final int ALL = Integer.MAX_VALUE;

    /** Nothing to do. */
    public static final Control NONE = new Control(0, null, null);

    static Control subscribed(int count) {
        return new Control(count, null, null);
    }

    static Control refused(String why) {
        return new Control(0, why, null);
    }

    static Control answer(String text) {
        return new Control(0, null, text);
    }
}
