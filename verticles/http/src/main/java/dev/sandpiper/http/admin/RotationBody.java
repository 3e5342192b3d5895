package dev.sandpiper.http.admin;

import dev.sandpiper.protocol.StrictJson;
import dev.sandpiper.runtime.auth.KeyRotation;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The body of {@code POST /admin/keys/:id/rotate}: {@code {grace_seconds?, expires_at?}}, or none. */
final class RotationBody {
    private static final Duration DEFAULT_GRACE = Duration.ofDays(1);
    private static final Duration MAX_GRACE = Duration.ofDays(90);

    private RotationBody() {}

    static KeyRotation parse(byte[] body, Instant now) {
        Duration grace = DEFAULT_GRACE;
        Instant expiresAt = null;
        if (body.length == 0) {
            return new KeyRotation(grace, null);
        }
        try (StrictJson json = StrictJson.read(body, 0, body.length)) {
            json.beginObject();
            for (String member = json.nextMember(); member != null; member = json.nextMember()) {
                switch (member) {
                    case "grace_seconds" -> grace = grace(member, json.wholeNumberOrNull(member));
                    case "expires_at" -> expiresAt = AdminFields.future(member, json.stringOrNull(member), now);
                    default -> throw AdminFields.fault(member, "is not known here");
                }
            }
            json.end();
        }
        return new KeyRotation(grace, expiresAt);
    }

    private static Duration grace(String member, @Nullable Long seconds) {
        if (seconds == null) {
            return DEFAULT_GRACE;
        }
        if (seconds < 0 || seconds > MAX_GRACE.toSeconds()) {
            throw AdminFields.fault(member, "must be from 0 to " + MAX_GRACE.toSeconds());
        }
        return Duration.ofSeconds(seconds);
    }
}
