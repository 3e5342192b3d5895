package dev.sandpiper.runtime.audit;

import io.vertx.core.json.JsonObject;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One change. The trail itself adds id and time, and takes secrets out of before and after: members whose name says that they
 * hold one lose their value, at any depth. Do not rely on that; leave them out.
 *
 * @param action what was done, as {@code <kind>.<verb in the past>}: {@code key.created}
 * @param before the target as it was; null when there was none
 * @param after the target as it is; null when there is none any more
 * @param platformWide whether the trail of the installation tells of it too, beside that of the tenant
 */
public record AuditEntry(
        AuditOrigin origin,
        AuditTarget target,
        String action,
        @Nullable JsonObject before,
        @Nullable JsonObject after,
        boolean platformWide) {
    private static final Pattern ACTION = Pattern.compile("[a-z][a-z_]{0,39}\\.[a-z][a-z_]{0,39}");

    public AuditEntry {
        if (!ACTION.matcher(action).matches()) {
            throw new IllegalArgumentException("an action is <kind>.<verb>, not " + action);
        }
    }

    public static AuditEntry created(AuditOrigin origin, AuditTarget target, JsonObject after) {
        return new AuditEntry(origin, target, target.kind() + ".created", null, after, false);
    }

    public static AuditEntry changed(
            AuditOrigin origin, AuditTarget target, @Nullable JsonObject before, JsonObject after) {
        return new AuditEntry(origin, target, target.kind() + ".changed", before, after, false);
    }

    public static AuditEntry deleted(AuditOrigin origin, AuditTarget target, @Nullable JsonObject before) {
        return new AuditEntry(origin, target, target.kind() + ".deleted", before, null, false);
    }

    /**
     * Another change than making, changing and deleting.
     *
     * @param verb in the past, such as {@code paused}
     */
    public static AuditEntry of(
            AuditOrigin origin,
            AuditTarget target,
            String verb,
            @Nullable JsonObject before,
            @Nullable JsonObject after) {
        return new AuditEntry(origin, target, target.kind() + "." + verb, before, after, false);
    }

    /** The same, told by the trail of the installation too. */
    public AuditEntry onPlatform() {
        return new AuditEntry(origin, target, action, before, after, true);
    }
}
