package dev.sandpiper.tokens;

import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.protocol.StrictJson;
import dev.sandpiper.protocol.Timestamps;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /admin/tokens/revoke}: {@code {tenant?, project?, token_id}} or {@code {tenant?, project?, user, before?}}.
 *
 * @param before null for now
 */
record RevokeBody(
        @Nullable TenantId tenant,
        @Nullable ProjectId project,
        Revocation.Kind kind,
        String value,
        @Nullable Instant before) {

    /** @throws PlatformException saying what is wrong */
    static RevokeBody parse(byte[] body) {
        TenantId tenant = null;
        ProjectId project = null;
        String token = null;
        String user = null;
        Instant before = null;
        try (StrictJson json = StrictJson.read(body, 0, body.length)) {
            json.beginObject();
            for (String member = json.nextMember(); member != null; member = json.nextMember()) {
                String text = json.string(member);
                switch (member) {
                    case "tenant" -> tenant = Place.tenant(member, text);
                    case "project" -> project = Place.project(member, text);
                    case "token_id" -> token = NewIssuerBody.subject(member, text);
                    case "user" -> user = NewIssuerBody.subject(member, text);
                    case "before" -> before = Timestamps.parse(member, text);
                    default -> throw NewIssuerBody.fault(member, "is not known here");
                }
            }
            json.end();
        }
        if (token != null) {
            if (user != null || before != null) {
                throw NewIssuerBody.fault("token_id", "cannot be combined with user or before");
            }
            return new RevokeBody(tenant, project, Revocation.Kind.TOKEN, token, null);
        }
        if (user == null) {
            throw NewIssuerBody.fault("token_id", "or user is required");
        }
        return new RevokeBody(tenant, project, Revocation.Kind.USER, user, before);
    }
}
