package dev.sandpiper.runtime.nats;

import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Maps topics to NATS subjects and back. A topic's dots separate tokens, so that other NATS clients can subscribe with
 * wildcards. What a token cannot hold is escaped: an empty one is {@code %}; a percent sign and each byte of UTF-8 outside
 * ASCII is {@code %} and two hex digits, because the server repeats the subject in a header, and jnats drops the connection
 * over a header that is not ASCII. Everything else that a {@link Topic} may contain stays as it is.
 */
public final class Subjects {
    static final String STORED = "events";
    static final String LIVE = "live";
    static final String TRIMS = "trims";
    static final String REDRIVEN = "redrive";
    static final String DEAD = "dead";
    static final String AUDIT = "audit";
    static final String KEYS = "keys";

    private static final String FOREIGN = "not the subject of an event";
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private final String storedPrefix;
    private final String livePrefix;
    private final String trimPrefix;
    private final String redrivenPrefix;
    private final String deadPrefix;
    private final String auditPrefix;
    private final String names;
    private final String keysPrefix;
    private final String stream;
    private final String trimStream;
    private final int cell;

    /** Those of cell 0. As of the other constructor. */
    public Subjects(String namespace) {
        this(namespace, 0);
    }

    /**
     * @param namespace empty for none
     * @param cell which of the event streams: {@code EVENTS} with {@code events.>} is number 0, {@code EVENTS-1} with {@code
     *     events-1.>} number 1
     */
    public Subjects(String namespace, int cell) {
        String dotted = namespace.isEmpty() ? "" : namespace + ".";
        String number = cell == 0 ? "" : "-" + cell;
        this.cell = cell;
        this.storedPrefix = dotted + STORED + number + ".";
        this.livePrefix = dotted + LIVE + number + ".";
        this.trimPrefix = dotted + TRIMS + number + ".";
        this.keysPrefix = dotted + KEYS + number + ".";
        this.redrivenPrefix = dotted + REDRIVEN + number + ".";
        this.deadPrefix = dotted + DEAD + ".";
        this.auditPrefix = dotted + AUDIT + ".";
        this.names = namespace.isEmpty() ? "" : namespace + "_";
        this.stream = names + "EVENTS" + number;
        this.trimStream = names + "TRIMS" + number;
    }

    /** Whom a subject belongs to. */
    public record Address(TenantId tenant, ProjectId project, Topic topic) {}

    /** The stream's name. */
    public String stream() {
        return stream;
    }

    /** The stream's number. */
    public int cell() {
        return cell;
    }

    /** The name of the stream that {@link TrimMarks} are kept in. */
    String trimStream() {
        return trimStream;
    }

    /** What that stream captures. */
    String trimPattern() {
        return trimPrefix + "*.*.>";
    }

    /** Matches the marks of a tenant. */
    String trimsOf(TenantId tenant) {
        return trimPrefix + tenant.value() + ".>";
    }

    /** On which word of every mark is heard as it is stored. */
    public String trimWildcard() {
        return trimPrefix + ">";
    }

    /** The same for every topic of a project. */
    String trimUnder(TenantId tenant, ProjectId project) {
        return trimPrefix + tenant.value() + '.' + project.value() + ".>";
    }

    /** Where it says up to where a topic's events were removed. */
    String trim(Address address) {
        return trimPrefix
                + address.tenant().value()
                + '.'
                + address.project().value()
                + '.'
                + escape(address.topic().name());
    }

    /** Another stream's name in the same namespace. */
    public String stream(String plain) {
        return names + plain;
    }

    /** What the stream captures: events. */
    String storedPattern() {
        return storedPrefix + "*.*.>";
    }

    /** What the stream captures besides: events that one consumer is to get again. They are not live, and no topic's history. */
    String redrivenPattern() {
        return redrivenPrefix + "*.*.*.>";
    }

    /** The beginning of the subjects of dead letters. */
    public String deadPrefix() {
        return deadPrefix;
    }

    /** The beginning of the subjects of checkpoints of the audit trail. */
    public String auditPrefix() {
        return auditPrefix;
    }

    /** What the stream captures: keys that are remembered. */
    String keysPattern() {
        return keysPrefix + "*.*.*";
    }

    /** Matches where the events of all topics of everybody lie. */
    public String storedWildcard() {
        return storedPrefix + ">";
    }

    String liveWildcard() {
        return livePrefix + ">";
    }

    /** Where a topic's events lie in the stream. */
    public String stored(TenantId tenant, ProjectId project, Topic topic) {
        return storedPrefix + tenant.value() + '.' + project.value() + '.' + escape(topic.name());
    }

    /** Matches the keys that are remembered of a tenant. */
    public String keysOf(TenantId tenant) {
        return keysPrefix + tenant.value() + ".>";
    }

    /** Matches what consumers of a tenant are to get again. */
    public String redrivenOf(TenantId tenant) {
        return redrivenPrefix + tenant.value() + ".>";
    }

    /** Matches where the events of all topics of a tenant lie. */
    public String storedOf(TenantId tenant) {
        return storedPrefix + tenant.value() + ".>";
    }

    /** Likewise of a project. */
    public String storedOf(TenantId tenant, ProjectId project) {
        return storedPrefix + tenant.value() + '.' + project.value() + ".>";
    }

    /**
     * A filter for the events of all topics that begin like this. It has no partial tokens, as NATS has none: it may let topics
     * pass that begin otherwise, but those that do it always lets pass.
     *
     * @param prefix of topics, may be empty
     */
    public String storedUnder(TenantId tenant, ProjectId project, String prefix) {
        String whole = prefix.substring(0, prefix.lastIndexOf('.') + 1);
        String tokens = whole.isEmpty() ? "" : escape(whole.substring(0, whole.length() - 1)) + '.';
        return storedPrefix + tenant.value() + '.' + project.value() + '.' + tokens + '>';
    }

    /** Where a topic's events are heard as they are stored. */
    public String live(TenantId tenant, ProjectId project, Topic topic) {
        return livePrefix + tenant.value() + '.' + project.value() + '.' + escape(topic.name());
    }

    /**
     * Where it is remembered that a key was used. In the stream of the events, because only within one stream both can be stored
     * in one step; not republished, and no event.
     */
    public String key(TenantId tenant, ProjectId project, String key) {
        return keysPrefix + tenant.value() + '.' + project.value() + '.' + MessageIds.of(tenant, project, key);
    }

    /**
     * Where in the event stream an event lies that only one consumer is to get again.
     *
     * @param durable the JetStream consumer's name
     */
    public String redriven(TenantId tenant, ProjectId project, String durable, Topic topic) {
        return redrivenPrefix + tenant.value() + '.' + project.value() + '.' + durable + '.' + escape(topic.name());
    }

    /** The filter by which a JetStream consumer on the event stream gets what is redriven to it, beside its topics. */
    public String redrivenFilter(TenantId tenant, ProjectId project, String durable) {
        return redrivenPrefix + tenant.value() + '.' + project.value() + '.' + durable + ".>";
    }

    /** A topic as tokens of a subject. */
    public static String tokens(Topic topic) {
        return escape(topic.name());
    }

    /**
     * The inverse of {@link #tokens}.
     *
     * @throws IllegalArgumentException when that did not make them
     */
    public static Topic topic(String tokens) {
        return new Topic(unescape(tokens));
    }

    /**
     * The inverse of {@link #stored}, {@link #live}, {@link #redriven} and that of a trim mark.
     *
     * @throws IllegalArgumentException when none of them made this subject
     */
    public Address parse(String subject) {
        int tenantAt = prefixLength(subject);
        int projectAt = subject.indexOf('.', tenantAt) + 1;
        int projectEnd = projectAt == 0 ? -1 : subject.indexOf('.', projectAt);
        int topicAt = projectEnd + 1;
        if (topicAt != 0 && subject.startsWith(redrivenPrefix)) {
            topicAt = subject.indexOf('.', topicAt) + 1;
        }
        if (topicAt == 0) {
            throw new IllegalArgumentException(FOREIGN);
        }
        return new Address(
                new TenantId(subject.substring(tenantAt, projectAt - 1)),
                new ProjectId(subject.substring(projectAt, projectEnd)),
                new Topic(unescape(subject.substring(topicAt))));
    }

    private int prefixLength(String subject) {
        if (subject.startsWith(storedPrefix)) {
            return storedPrefix.length();
        }
        if (subject.startsWith(livePrefix)) {
            return livePrefix.length();
        }
        if (subject.startsWith(trimPrefix)) {
            return trimPrefix.length();
        }
        if (subject.startsWith(redrivenPrefix)) {
            return redrivenPrefix.length();
        }
        throw new IllegalArgumentException(FOREIGN);
    }

    private static String escape(String topic) {
        return needsEscape(topic) ? escapeSlowly(topic) : topic;
    }

    private static boolean needsEscape(String topic) {
        char previous = '.';
        for (int i = 0; i < topic.length(); i++) {
            char c = topic.charAt(i);
            if (c == '%' || c >= 0x80 || (c == '.' && previous == '.')) {
                return true;
            }
            previous = c;
        }
        return previous == '.';
    }

    private static String escapeSlowly(String topic) {
        var out = new StringBuilder(topic.length() * 2);
        byte previous = '.';
        for (byte b : topic.getBytes(StandardCharsets.UTF_8)) {
            if (b == '.' && previous == '.') {
                out.append('%');
            }
            if (b < 0 || b == '%') {
                out.append('%').append(HEX.toHexDigits(b));
            } else {
                out.append((char) b);
            }
            previous = b;
        }
        if (previous == '.') {
            out.append('%');
        }
        return out.toString();
    }

    private static String unescape(String tokens) {
        if (!needsEscape(tokens)) {
            return tokens;
        }
        byte[] out = new byte[tokens.length()];
        int n = 0;
        for (int i = 0; i < tokens.length(); i++) {
            char c = tokens.charAt(i);
            if (c != '%') {
                out[n++] = (byte) c;
            } else if (i + 2 < tokens.length() && tokens.charAt(i + 1) != '.') {
                out[n++] = (byte) HexFormat.fromHexDigits(tokens, i + 1, i + 3);
                i += 2;
            }
        }
        String topic = new String(out, 0, n, StandardCharsets.UTF_8);
        // Only what escape() makes: a topic has one subject, and a subject that is not its topic's is nobody's.
        if (!escape(topic).equals(tokens)) {
            throw new IllegalArgumentException(FOREIGN);
        }
        return topic;
    }
}
