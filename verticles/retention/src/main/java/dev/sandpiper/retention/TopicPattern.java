package dev.sandpiper.retention;

import dev.sandpiper.domain.Topic;

/**
 * Names topics: one exactly, or all that begin alike with {@code *} at the end.
 *
 * @param text as written, such as {@code orders} or {@code orders.*} or {@code *}
 */
public record TopicPattern(String text) {
    /** @throws dev.sandpiper.domain.PlatformException with {@code INVALID_TOPIC} */
    public TopicPattern {
        if (!text.equals("*")) {
            new Topic(stem(text));
        }
    }

    boolean matches(Topic topic) {
        return text.endsWith("*")
                ? topic.name().startsWith(stem(text))
                : topic.name().equals(text);
    }

    private static String stem(String text) {
        return text.endsWith("*") ? text.substring(0, text.length() - 1) : text;
    }
}
