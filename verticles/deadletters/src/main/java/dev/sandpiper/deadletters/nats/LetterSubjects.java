package dev.sandpiper.deadletters.nats;

import dev.sandpiper.deadletters.DeadLetter;
import dev.sandpiper.deadletters.LetterFilter;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.runtime.nats.Subjects;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Where letters lie: {@code dead.{tenant}.{project}.{consumer}.{topic…}}. So the server finds those of a project, a consumer or a
 * topic without looking at others, and counts them. A consumer's name is one token, with all but letters, digits, {@code _}
 * and {@code -} escaped as in {@link Subjects}; the topic of an event that was trimmed is unknown, {@code %}.
 */
final class LetterSubjects {
    private static final String UNKNOWN_TOPIC = "%";
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private final String prefix;

    LetterSubjects(Subjects subjects) {
        this.prefix = subjects.deadPrefix();
    }

    /** Whose letter it is. */
    record Owner(TenantId tenant, ProjectId project) {}

    /** What the stream captures. */
    String pattern() {
        return prefix + "*.*.*.>";
    }

    String of(DeadLetter letter) {
        StoredEvent event = letter.event();
        return prefix
                + letter.tenant().value()
                + '.'
                + letter.project().value()
                + '.'
                + token(letter.consumer())
                + '.'
                + (event == null ? UNKNOWN_TOPIC : Subjects.tokens(event.topic()));
    }

    String matching(LetterFilter filter) {
        String consumer = filter.consumer();
        Topic topic = filter.topic();
        return prefix
                + filter.tenant().value()
                + '.'
                + filter.project().value()
                + '.'
                + (consumer == null ? "*" : token(consumer))
                + '.'
                + (topic == null ? ">" : Subjects.tokens(topic));
    }

    String ofProject(Owner owner) {
        return prefix + owner.tenant().value() + '.' + owner.project().value() + ".>";
    }

    /** @throws IllegalArgumentException when it is no letter's subject */
    Owner owner(String subject) {
        String[] parts = parts(subject);
        return new Owner(new TenantId(parts[0]), new ProjectId(parts[1]));
    }

    /** Null for a letter whose topic is unknown. */
    @Nullable
    Topic topic(String subject) {
        String tokens = parts(subject)[3];
        return tokens.equals(UNKNOWN_TOPIC) ? null : Subjects.topic(tokens);
    }

    private String[] parts(String subject) {
        String[] parts =
                subject.startsWith(prefix) ? subject.substring(prefix.length()).split("\\.", 4) : new String[0];
        if (parts.length != 4) {
            throw new IllegalArgumentException("not the subject of a dead letter");
        }
        return parts;
    }

    private static String token(String consumer) {
        var token = new StringBuilder(consumer.length() + 8);
        for (byte b : consumer.getBytes(StandardCharsets.UTF_8)) {
            boolean plain =
                    (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') || b == '_' || b == '-';
            if (plain) {
                token.append((char) b);
            } else {
                token.append('%').append(HEX.toHexDigits(b));
            }
        }
        return token.toString();
    }
}
