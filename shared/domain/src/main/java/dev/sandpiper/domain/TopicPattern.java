package dev.sandpiper.domain;

/**
 * Topics of one project: one by its name, or all whose names begin alike. Which characters separate words is up to whoever names
 * topics, so {@code order*} stands for {@code orders} and {@code order:1} as well.
 *
 * @param text a topic's name, or the beginning of one, perhaps empty, and a {@code *}
 */
public record TopicPattern(String text) {
    private static final char WILDCARD = '*';

    /** @throws PlatformException with {@link RequestError.InvalidTopic} */
    public TopicPattern {
        String name = isPrefix(text) ? text.substring(0, text.length() - 1) : text;
        if (!(name.isEmpty() && isPrefix(text))) {
            Topic.requireValid(name);
        }
    }

    public static TopicPattern of(Topic topic) {
        return new TopicPattern(topic.name());
    }

    /** Whether it stands for one topic alone. */
    public boolean isExact() {
        return !isPrefix(text);
    }

    /** The one topic that an exact pattern stands for. */
    public Topic topic() {
        return new Topic(text);
    }

    /** With what the names begin; the whole name when this {@linkplain #isExact() is exact}. */
    public String prefix() {
        return isExact() ? text : text.substring(0, text.length() - 1);
    }

    public boolean matches(Topic topic) {
        return isExact() ? topic.name().equals(text) : topic.name().startsWith(prefix());
    }

    /** Whether every topic of the other one is one of this one. */
    public boolean covers(TopicPattern other) {
        return isExact() ? text.equals(other.text) : other.prefix().startsWith(prefix());
    }

    private static boolean isPrefix(String text) {
        return !text.isEmpty() && text.charAt(text.length() - 1) == WILDCARD;
    }

    @Override
    public String toString() {
        return text;
    }
}
