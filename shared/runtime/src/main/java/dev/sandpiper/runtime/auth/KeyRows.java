package dev.sandpiper.runtime.auth;

import dev.sandpiper.domain.KeyId;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TenantId;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Rows of {@code api_keys} and {@code tickets} as what they mean. */
final class KeyRows {
    static final String INFO = "id, tenant, project, name, scopes, created_at, expires_at, revoked_at, last_used_at";
    static final String STORED = "id, tenant, project, scopes, hmac, pepper_id, expires_at, revoked_at, version";

    private KeyRows() {}

    static KeyInfo info(Row row) {
        return new KeyInfo(
                new KeyId(row.getString("id")),
                new TenantId(row.getString("tenant")),
                new ProjectId(row.getString("project")),
                row.getString("name"),
                scopes(row),
                row.getOffsetDateTime("created_at").toInstant(),
                instant(row, "expires_at"),
                instant(row, "revoked_at"),
                instant(row, "last_used_at"));
    }

    static StoredKey stored(Row row) {
        return new StoredKey(
                principal(row, "id"),
                row.getBuffer("hmac").getBytes(),
                row.getString("pepper_id"),
                instant(row, "expires_at"),
                instant(row, "revoked_at"),
                row.getLong("version"));
    }

    static Principal principal(Row row, String idColumn) {
        return new Principal(
                new TenantId(row.getString("tenant")),
                new ProjectId(row.getString("project")),
                new KeyId(row.getString(idColumn)),
                scopes(row));
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
    private static Set<Scope> scopes(Row row) {
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        for (String name : row.getArrayOfStrings("scopes")) {
            Scope.named(name).ifPresent(scopes::add);
        }
        return scopes;
    }
}
