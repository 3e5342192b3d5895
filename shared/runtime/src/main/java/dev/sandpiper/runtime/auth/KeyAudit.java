package dev.sandpiper.runtime.auth;

import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TopicPattern;
import dev.sandpiper.protocol.Timestamps;
import dev.sandpiper.runtime.audit.AuditEntry;
import dev.sandpiper.runtime.audit.AuditTarget;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the audit trail tells of keys. */
final class KeyAudit {
    private KeyAudit() {}

    static AuditEntry created(Author author, KeyInfo key) {
        return AuditEntry.created(author.origin(), target(key), json(key));
    }

    static AuditEntry changed(Author author, KeyInfo before, KeyInfo after) {
        return AuditEntry.changed(author.origin(), target(after), json(before), json(after));
    }

    static AuditEntry revoked(Author author, KeyInfo before, KeyInfo after) {
        return new AuditEntry(author.origin(), target(after), "key.revoked", json(before), json(after), false);
    }

    /** One entry for both: which key took the place of which. */
    static AuditEntry rotated(Author author, KeyInfo before, KeyInfo after, KeyInfo successor) {
        JsonObject told = json(after).put("successor", json(successor));
        return new AuditEntry(author.origin(), target(after), "key.rotated", json(before), told, false);
    }

    private static AuditTarget target(KeyInfo key) {
        return AuditTarget.of(key.tenant(), key.project(), "key", key.id().value());
    }

    private static JsonObject json(KeyInfo key) {
        KeyGrant grant = key.grant();
        var json = new JsonObject()
                .put("id", key.id().value())
                .put("project", key.project().value())
                .put("name", key.name())
                .put(
                        "scopes",
                        new JsonArray(grant.scopes().stream()
                                .sorted()
                                .map(Scope::wireName)
                                .toList()));
        put(json, "publish_topics", texts(grant.publish()));
        put(json, "subscribe_topics", texts(grant.subscribe()));
        put(json, "rate_limit_per_sec", grant.rateLimit());
        put(json, "allowed_addresses", array(grant.addresses()));
        put(json, "allowed_origins", array(grant.origins()));
        put(json, "expires_at", time(grant.expiresAt()));
        put(json, "revoked_at", time(key.revokedAt()));
        put(
                json,
                "replaced_by",
                key.replacedBy() == null ? null : key.replacedBy().value());
        return json;
    }

    private static void put(JsonObject json, String name, @Nullable Object value) {
        if (value != null) {
            json.put(name, value);
        }
    }

    private static @Nullable JsonArray texts(@Nullable List<TopicPattern> patterns) {
        return patterns == null
                ? null
                : new JsonArray(patterns.stream().map(TopicPattern::text).toList());
    }

    private static @Nullable JsonArray array(@Nullable List<String> texts) {
        return texts == null ? null : new JsonArray(texts);
    }

    private static @Nullable String time(@Nullable Instant time) {
        return time == null ? null : Timestamps.format(time);
    }
}
