package dev.sandpiper.consumers;

import dev.sandpiper.domain.Topic;

/**
 * One topic by its name, or all topics that begin alike.
 *
 * @param text a topic's name; or a beginning, which may be empty, and {@code *}
 */
public record TopicPattern(String text) {
    private static final String ANY = "*";

    /** @throws dev.sandpiper.domain.PlatformException with {@code INVALID_TOPIC} */
    public TopicPattern {
        String name = text.endsWith(ANY) ? text.substring(0, text.length() - 1) : text;
        if (!name.isEmpty() || !text.endsWith(ANY)) {
            // Whatever a topic may not contain cannot be the beginning of one.
            new Topic(name);
        }
    }

    public boolean isPrefix() {
        return text.endsWith(ANY);
    }

    /** What topics begin with, or the name of the one topic. */
    public String literal() {
        return isPrefix() ? text.substring(0, text.length() - 1) : text;
    }

    public boolean matches(Topic topic) {
        return isPrefix() ? topic.name().startsWith(literal()) : topic.name().equals(text);
    }
}
