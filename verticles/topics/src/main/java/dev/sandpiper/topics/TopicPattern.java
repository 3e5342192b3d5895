package dev.sandpiper.topics;

import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Topic;

/**
 * Which topics a rule is for: the one of that name, or, when it ends in {@code *}, all that begin like it. The most specific
 * pattern wins: a name before a beginning, a longer beginning before a shorter one.
 *
 * @param text as the client wrote it, such as {@code orders} or {@code chat:*}
 */
public record TopicPattern(String text) {
    private static final String WILDCARD = "*";

    /** @throws PlatformException with {@code INVALID_TOPIC} when it is neither a name nor the beginning of one */
    public TopicPattern {
        String beginning = text.endsWith(WILDCARD) ? text.substring(0, text.length() - 1) : text;
        if (!text.equals(WILDCARD)) {
            requireName(beginning);
        }
    }

    private static void requireName(String name) {
        if (name.indexOf('*') >= 0) {
            throw new PlatformException(new RequestError.InvalidTopic("a pattern has one *, at its end"));
        }
        new Topic(name);
    }

    public boolean isExact() {
        return !text.endsWith(WILDCARD);
    }

    /** The name, or what names begin with. */
    public String name() {
        return isExact() ? text : text.substring(0, text.length() - 1);
    }

    public boolean matches(String topic) {
        return isExact() ? topic.equals(text) : topic.startsWith(name());
    }

    @Override
    public String toString() {
        return text;
    }
}
