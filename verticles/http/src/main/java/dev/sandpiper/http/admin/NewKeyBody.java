package dev.sandpiper.http.admin;

import com.fasterxml.jackson.core.JsonToken;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.protocol.StrictJson;
import dev.sandpiper.protocol.Timestamps;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /admin/keys}: {@code {tenant?, project?, name, scopes, expires_at?}}.
 *
 * @param tenant null for the caller's own
 * @param project null for the caller's own
 * @param expiresAt null for never
 */
record NewKeyBody(
        @Nullable TenantId tenant,
        @Nullable ProjectId project,
        String name,
        Set<Scope> scopes,
        @Nullable Instant expiresAt) {
    private static final int MAX_NAME = 200;

    /** @throws PlatformException saying what is wrong; members that are not known are refused, not overlooked */
    static NewKeyBody parse(byte[] body, Instant now) {
        TenantId tenant = null;
        ProjectId project = null;
        String name = null;
        Set<Scope> scopes = null;
        Instant expiresAt = null;
        try (StrictJson json = StrictJson.read(body, 0, body.length)) {
            json.beginObject();
            for (String member = json.nextMember(); member != null; member = json.nextMember()) {
                switch (member) {
                    case "tenant" -> tenant = tenant(member, json.string(member));
                    case "project" -> project = project(member, json.string(member));
                    case "name" -> name = name(member, json.string(member));
                    case "scopes" -> scopes = scopes(member, json);
                    case "expires_at" -> expiresAt = future(member, json.stringOrNull(member), now);
                    default -> throw fault(member, "is not known here");
                }
            }
            json.end();
        }
        if (name == null) {
            throw fault("name", "is required");
        }
        if (scopes == null) {
            throw fault("scopes", "is required");
        }
        return new NewKeyBody(tenant, project, name, scopes, expiresAt);
    }

    static TenantId tenant(String parameter, String text) {
        try {
            return new TenantId(text);
        } catch (IllegalArgumentException e) {
            throw fault(parameter, "is no tenant id", e);
        }
    }

    static ProjectId project(String parameter, String text) {
        try {
            return new ProjectId(text);
        } catch (IllegalArgumentException e) {
            throw fault(parameter, "is no project id", e);
        }
    }

    private static String name(String member, String text) {
        if (text.isBlank() || text.length() > MAX_NAME || !text.codePoints().allMatch(NewKeyBody::isPrintable)) {
            throw fault(member, "must be 1 to " + MAX_NAME + " printable characters");
        }
        return text;
    }

    private static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    private static Set<Scope> scopes(String member, StrictJson json) {
        if (json.next() != JsonToken.START_ARRAY) {
            throw fault(member, "must be an array of strings");
        }
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        for (JsonToken token = json.next(); token != JsonToken.END_ARRAY; token = json.next()) {
            if (token != JsonToken.VALUE_STRING) {
                throw fault(member, "must be an array of strings");
            }
            Scope scope = Scope.named(json.text()).orElseThrow(() -> fault(member, "has an item that is no scope"));
            if (!scopes.add(scope)) {
                throw fault(member, "has an item twice");
            }
        }
        if (scopes.isEmpty()) {
            throw fault(member, "must not be empty");
        }
        return scopes;
    }

    private static @Nullable Instant future(String member, @Nullable String text, Instant now) {
        if (text == null) {
            return null;
        }
        Instant time = Timestamps.parse(member, text);
        if (!time.isAfter(now)) {
            throw fault(member, "must be in the future");
        }
        return time;
    }

    private static PlatformException fault(String parameter, String reason) {
        return new PlatformException(new RequestError.InvalidParameter(parameter, reason));
    }

    private static PlatformException fault(String parameter, String reason, Throwable cause) {
        return new PlatformException(new RequestError.InvalidParameter(parameter, reason), cause);
    }
}
