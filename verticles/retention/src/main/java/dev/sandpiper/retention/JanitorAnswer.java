package dev.sandpiper.retention;

import java.nio.charset.StandardCharsets;

/**
 * From the janitor.
 *
 * @param json what there is to tell beside the numbers; empty for nothing
 * @param events removed, or to be removed; with {@code bytes} and {@code topics}
 * @param heldTopics that stay because of a legal hold
 */
record JanitorAnswer(String json, long events, long bytes, int topics, int heldTopics) {
    static final JanitorAnswer DONE = new JanitorAnswer("", 0, 0, 0, 0);

    static JanitorAnswer of(byte[] json) {
        return new JanitorAnswer(new String(json, StandardCharsets.UTF_8), 0, 0, 0, 0);
    }
}
