package dev.sandpiper.retention;

import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TopicPattern;
import dev.sandpiper.protocol.StrictJson;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /admin/retention/holds}: {@code {project?, topics, reason}}.
 *
 * @param project null for every project of the tenant
 */
record HoldBody(@Nullable ProjectId project, TopicPattern topics, String reason) {
    private static final int MAX_REASON = 500;

    /** @throws dev.sandpiper.domain.PlatformException saying what is wrong */
    static HoldBody parse(byte[] body) {
        ProjectId project = null;
        TopicPattern topics = null;
        String reason = null;
        try (StrictJson json = StrictJson.read(body, 0, body.length)) {
            json.beginObject();
            for (String member = json.nextMember(); member != null; member = json.nextMember()) {
                switch (member) {
                    case "project" -> {
                        String text = json.stringOrNull(member);
                        project = text == null ? null : RequestQuery.project(member, text);
                    }
                    case "topics" -> topics = new TopicPattern(json.string(member));
                    case "reason" -> reason = reason(member, json.string(member));
                    default -> throw RequestQuery.fault(member, "is not known here");
                }
            }
            json.end();
        }
        if (topics == null) {
            throw RequestQuery.fault("topics", "is required");
        }
        if (reason == null) {
            throw RequestQuery.fault("reason", "is required");
        }
        return new HoldBody(project, topics, reason);
    }

    private static String reason(String member, String text) {
        if (text.isBlank()
                || text.length() > MAX_REASON
                || text.chars().anyMatch(c -> Character.isISOControl(c) || Character.isSurrogate((char) c))) {
            throw RequestQuery.fault(member, "must be 1 to " + MAX_REASON + " printable characters");
        }
        return text;
    }
}
