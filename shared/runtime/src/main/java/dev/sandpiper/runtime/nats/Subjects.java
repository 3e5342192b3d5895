package dev.sandpiper.runtime.nats;

import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;

/**
 * Maps topics to NATS subjects and back. A topic's dots separate tokens, so that other NATS clients can subscribe with
 * wildcards; what NATS cannot hold is escaped: an empty segment is {@code %}, a percent sign inside a segment {@code %25}.
 * Everything else that a {@link Topic} may contain is fine in a subject as it is.
 */
public final class Subjects {
    static final String STORED = "events";
    static final String LIVE = "live";

    private final String storedPrefix;
    private final String livePrefix;
    private final String stream;

    /** @param namespace empty for none */
    public Subjects(String namespace) {
        String dotted = namespace.isEmpty() ? "" : namespace + ".";
        this.storedPrefix = dotted + STORED + ".";
        this.livePrefix = dotted + LIVE + ".";
        this.stream = (namespace.isEmpty() ? "" : namespace + "_") + "EVENTS";
    }

    /** Whom a subject belongs to. */
    public record Address(TenantId tenant, ProjectId project, Topic topic) {}

    /** The stream's name. */
    public String stream() {
        return stream;
    }

    /** What the stream captures. */
    String storedPattern() {
        return storedPrefix + "*.*.>";
    }

    String storedWildcard() {
        return storedPrefix + ">";
    }

    String liveWildcard() {
        return livePrefix + ">";
    }

    /** Where a topic's events lie in the stream. */
    public String stored(TenantId tenant, ProjectId project, Topic topic) {
        return storedPrefix + tenant.value() + '.' + project.value() + '.' + escape(topic.name());
    }

    /** Where a topic's events are heard as they are stored. */
    public String live(TenantId tenant, ProjectId project, Topic topic) {
        return livePrefix + tenant.value() + '.' + project.value() + '.' + escape(topic.name());
    }

    /**
     * The inverse of both {@link #stored} and {@link #live}.
     *
     * @throws IllegalArgumentException when neither of them made this subject
     */
    public Address parse(String subject) {
        int tenantAt = prefixLength(subject);
        int projectAt = subject.indexOf('.', tenantAt) + 1;
        int topicAt = projectAt == 0 ? 0 : subject.indexOf('.', projectAt) + 1;
        if (topicAt == 0) {
            throw new IllegalArgumentException("not the subject of an event");
        }
        return new Address(
                new TenantId(subject.substring(tenantAt, projectAt - 1)),
                new ProjectId(subject.substring(projectAt, topicAt - 1)),
                new Topic(unescape(subject.substring(topicAt))));
    }

    private int prefixLength(String subject) {
        if (subject.startsWith(storedPrefix)) {
            return storedPrefix.length();
        }
        if (subject.startsWith(livePrefix)) {
            return livePrefix.length();
        }
        throw new IllegalArgumentException("not the subject of an event");
    }

    private static String escape(String topic) {
        return needsEscape(topic) ? escapeSlowly(topic) : topic;
    }

    private static boolean needsEscape(String topic) {
        char previous = '.';
        for (int i = 0; i < topic.length(); i++) {
            char c = topic.charAt(i);
            if (c == '%' || (c == '.' && previous == '.')) {
                return true;
            }
            previous = c;
        }
        return previous == '.';
    }

    private static String escapeSlowly(String topic) {
        var out = new StringBuilder(topic.length() + 16);
        int start = 0;
        while (true) {
            int dot = topic.indexOf('.', start);
            int end = dot < 0 ? topic.length() : dot;
            if (start == end) {
                out.append('%');
            } else {
                out.append(topic.substring(start, end).replace("%", "%25"));
            }
            if (dot < 0) {
                return out.toString();
            }
            out.append('.');
            start = dot + 1;
        }
    }

    private static String unescape(String tokens) {
        if (tokens.indexOf('%') < 0) {
            return tokens;
        }
        var out = new StringBuilder(tokens.length());
        for (int i = 0; i < tokens.length(); i++) {
            char c = tokens.charAt(i);
            if (c != '%') {
                out.append(c);
            } else if (tokens.startsWith("25", i + 1)) {
                out.append('%');
                i += 2;
            } else if (!isWholeToken(tokens, i)) {
                throw new IllegalArgumentException("not the subject of an event");
            }
        }
        return out.toString();
    }

    private static boolean isWholeToken(String tokens, int at) {
        return (at == 0 || tokens.charAt(at - 1) == '.') && (at == tokens.length() - 1 || tokens.charAt(at + 1) == '.');
    }
}
