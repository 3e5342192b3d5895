package dev.sandpiper.runtime.auth;

import dev.sandpiper.domain.KeyId;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.TopicPattern;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Rows of {@code api_keys} and {@code tickets} as what they mean. */
final class KeyRows {
    /** What {@link #grant} reads and {@link #add} writes, in that order. */
    static final String GRANT =
            "scopes, publish_topics, subscribe_topics, rate_limit, allowed_addresses, allowed_origins, expires_at";

    static final String INFO = "id, tenant, project, name, " + GRANT
            + ", created_at, revoked_at, replaced_by, last_used_at, last_used_from";
    static final String STORED =
            "id, tenant, project, " + GRANT + ", hmac, pepper_id, revoked_at, replaced_by, version";

    private KeyRows() {}

    static KeyInfo info(Row row) {
        String replacedBy = row.getString("replaced_by");
        Instant usedAt = instant(row, "last_used_at");
        String usedFrom = row.getString("last_used_from");
        return new KeyInfo(
                new KeyId(row.getString("id")),
                new TenantId(row.getString("tenant")),
                new ProjectId(row.getString("project")),
                row.getString("name"),
                grant(row),
                row.getOffsetDateTime("created_at").toInstant(),
                instant(row, "revoked_at"),
                replacedBy == null ? null : new KeyId(replacedBy),
                usedAt == null ? null : new KeyUse(usedAt, usedFrom == null ? "" : usedFrom));
    }

    static StoredKey stored(Row row) {
        KeyGrant grant = grant(row);
        return new StoredKey(
                principal(row, "id", grant.scopes(), grant, row.getString("replaced_by") != null),
                row.getBuffer("hmac").getBytes(),
                row.getString("pepper_id"),
                grant.callers(),
                grant.expiresAt(),
                instant(row, "revoked_at"),
                row.getLong("version"));
    }

    /** @param scopes those of the grant or fewer */
    static Principal principal(Row row, String idColumn, Set<Scope> scopes, KeyGrant grant, boolean replaced) {
        return new Principal(
                new TenantId(row.getString("tenant")),
                new ProjectId(row.getString("project")),
                new KeyId(row.getString(idColumn)),
                scopes,
                grant.channels(),
                null,
                replaced ? grant.expiresAt() : null);
    }

    static KeyGrant grant(Row row) {
        return new KeyGrant(
                scopes(row.getArrayOfStrings("scopes")),
                patterns(row, "publish_topics"),
                patterns(row, "subscribe_topics"),
                row.getInteger("rate_limit"),
                strings(row, "allowed_addresses"),
                strings(row, "allowed_origins"),
                instant(row, "expires_at"));
    }

    static Tuple add(Tuple parameters, KeyGrant grant) {
        return parameters
                .addArrayOfString(names(grant.scopes()))
                .addArrayOfString(texts(grant.publish()))
                .addArrayOfString(texts(grant.subscribe()))
                .addInteger(grant.rateLimit())
                .addArrayOfString(array(grant.addresses()))
                .addArrayOfString(array(grant.origins()))
                .addOffsetDateTime(time(grant.expiresAt()));
    }

    static @Nullable Instant instant(Row row, String column) {
        OffsetDateTime value = row.getOffsetDateTime(column);
        return value == null ? null : value.toInstant();
    }

    static @Nullable OffsetDateTime time(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }

    static String[] names(Set<Scope> scopes) {
        return scopes.stream().sorted().map(Scope::wireName).toArray(String[]::new);
    }

    /** What a newer version may have written and this one does not know, it cannot allow either. */
    static Set<Scope> scopes(String[] names) {
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        for (String name : names) {
            Scope.named(name).ifPresent(scopes::add);
        }
        return scopes;
    }

    private static @Nullable List<TopicPattern> patterns(Row row, String column) {
        String[] texts = row.getArrayOfStrings(column);
        return texts == null ? null : Stream.of(texts).map(TopicPattern::new).toList();
    }

    private static @Nullable List<String> strings(Row row, String column) {
        String[] texts = row.getArrayOfStrings(column);
        return texts == null ? null : List.of(texts);
    }

    private static String @Nullable [] texts(@Nullable List<TopicPattern> patterns) {
        return patterns == null
                ? null
                : patterns.stream().map(TopicPattern::text).toArray(String[]::new);
    }

    private static String @Nullable [] array(@Nullable List<String> texts) {
        return texts == null ? null : texts.toArray(String[]::new);
    }
}
