package dev.sandpiper.retention;

import com.fasterxml.jackson.core.JsonToken;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.TopicPattern;
import dev.sandpiper.protocol.StrictJson;
import dev.sandpiper.protocol.Timestamps;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /admin/streams/purge}: {@code {tenant?, project, topics, before?, dry_run?, confirm?}}.
 *
 * @param tenant null for the caller's own
 * @param before null for all events
 * @param dryRun whether to tell only what would go; otherwise {@code confirm} must repeat the project
 */
record PurgeBody(
        @Nullable TenantId tenant,
        ProjectId project,
        TopicPattern topics,
        @Nullable Instant before,
        boolean dryRun) {

    /** @throws dev.sandpiper.domain.PlatformException saying what is wrong */
    static PurgeBody parse(byte[] body) {
        TenantId tenant = null;
        ProjectId project = null;
        TopicPattern topics = null;
        Instant before = null;
        boolean dryRun = false;
        String confirm = null;
        try (StrictJson json = StrictJson.read(body, 0, body.length)) {
            json.beginObject();
            for (String member = json.nextMember(); member != null; member = json.nextMember()) {
                switch (member) {
                    case "tenant" -> tenant = RequestQuery.tenant(member, json.string(member));
                    case "project" -> project = RequestQuery.project(member, json.string(member));
                    case "topics" -> topics = new TopicPattern(json.string(member));
                    case "before" -> {
                        String text = json.stringOrNull(member);
                        before = text == null ? null : Timestamps.parse(member, text);
                    }
                    case "dry_run" -> dryRun = flag(member, json.next());
                    case "confirm" -> confirm = json.string(member);
                    default -> throw RequestQuery.fault(member, "is not known here");
                }
            }
            json.end();
        }
        if (project == null) {
            throw RequestQuery.fault("project", "is required");
        }
        if (topics == null) {
            throw RequestQuery.fault("topics", "is required");
        }
        if (!dryRun && !project.value().equals(confirm)) {
            throw RequestQuery.fault("confirm", "must repeat the project: what is purged cannot be brought back");
        }
        return new PurgeBody(tenant, project, topics, before, dryRun);
    }

    private static boolean flag(String member, @Nullable JsonToken token) {
        if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
            throw RequestQuery.fault(member, "must be true or false");
        }
        return token == JsonToken.VALUE_TRUE;
    }
}
