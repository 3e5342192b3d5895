package dev.sandpiper.audit;

import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.RequestError;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code {"tenant", "who"?, "before"?, "reason"}}: whose details are to go.
 *
 * @param who actor or target, kind and id
 */
record EraseBody(String chain, @Nullable String who, @Nullable Instant before, String reason) {
    private static final Set<String> MEMBERS = Set.of("tenant", "who", "before", "reason");
    private static final int LONGEST_REASON = 500;

    /** @throws PlatformException with {@code INVALID_REQUEST} or {@code INVALID_PARAMETER} */
    static EraseBody parse(byte[] bytes) {
        JsonObject json;
        try {
            json = new JsonObject(Buffer.buffer(bytes));
        } catch (DecodeException | ClassCastException e) {
            throw new PlatformException(new RequestError.InvalidRequest("The body is no JSON object"), e);
        }
        for (String name : json.fieldNames()) {
            if (!MEMBERS.contains(name)) {
                throw AuditRoutes.fault(name, "is not known here");
            }
        }
        String tenant = text(json, "tenant");
        String reason = text(json, "reason");
        String who = text(json, "who");
        String before = text(json, "before");
        if (tenant == null) {
            throw AuditRoutes.fault("tenant", "is required");
        }
        if (reason == null || reason.isBlank() || reason.length() > LONGEST_REASON) {
            throw AuditRoutes.fault("reason", "must have 1 to " + LONGEST_REASON + " characters");
        }
        if (who == null && before == null) {
            throw AuditRoutes.fault("who", "or before is required");
        }
        return new EraseBody(
                AuditRoutes.chain("tenant", tenant),
                who,
                before == null ? null : AuditRoutes.time("before", before),
                reason);
    }

    private static @Nullable String text(JsonObject json, String name) {
        Object value = json.getValue(name);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw AuditRoutes.fault(name, "must be a string");
    }
}
