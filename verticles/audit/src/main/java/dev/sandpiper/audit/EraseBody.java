package dev.sandpiper.audit;

import dev.sandpiper.protocol.StrictJson;
import dev.sandpiper.protocol.Timestamps;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /admin/audit/erase}: {@code {tenant, who?, before?, reason}}.
 *
 * @param who actor or target, kind and id; null for everybody
 * @param before only of older entries
 */
record EraseBody(
        String chain, @Nullable String who, @Nullable Instant before, String reason) {
    private static final int LONGEST_REASON = 500;

    /** @throws dev.sandpiper.domain.PlatformException saying what is wrong */
    static EraseBody parse(byte[] body) {
        String chain = null;
        String who = null;
        Instant before = null;
        String reason = null;
        try (StrictJson json = StrictJson.read(body, 0, body.length)) {
            json.beginObject();
            for (String member = json.nextMember(); member != null; member = json.nextMember()) {
                switch (member) {
                    case "tenant" -> chain = AuditRoutes.chain(member, json.string(member));
                    case "who" -> who = json.stringOrNull(member);
                    case "before" -> {
                        String text = json.stringOrNull(member);
                        before = text == null ? null : Timestamps.parse(member, text);
                    }
                    case "reason" -> reason = json.string(member);
                    default -> throw AuditRoutes.fault(member, "is not known here");
                }
            }
            json.end();
        }
        if (chain == null) {
            throw AuditRoutes.fault("tenant", "is required");
        }
        if (reason == null || reason.isBlank() || reason.length() > LONGEST_REASON) {
            throw AuditRoutes.fault("reason", "must have 1 to " + LONGEST_REASON + " characters");
        }
        if (who == null && before == null) {
            throw AuditRoutes.fault("who", "or before is required");
        }
        return new EraseBody(chain, who, before, reason);
    }
}
