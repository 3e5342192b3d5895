package dev.sandpiper.audit;

import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.audit.AuditEntry;
import dev.sandpiper.runtime.audit.AuditOrigin;
import dev.sandpiper.runtime.audit.AuditTarget;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * Entries that a chain has about itself: that details were erased, that old entries were sealed. What they say stands in the
 * envelope, so that it is signed, chained and never erased.
 */
public final class TrailWork {
    static final String ERASED = "erased";
    static final String SEALED = "sealed";

    private TrailWork() {}

    /** Entries from one number to another, both included. */
    public record Range(long from, long to) {}

    /** @param ranges of entries whose details go */
    public static SignedEntry erased(
            EntrySigner signer, String chain, AuditOrigin origin, String reason, List<Range> ranges) {
        var list = new JsonArray();
        long count = 0;
        for (Range range : ranges) {
            list.add(new JsonArray().add(range.from()).add(range.to()));
            count += range.to() - range.from() + 1;
        }
        var entry = new AuditEntry(
                origin,
                target(chain),
                "audit.erased",
                null,
                new JsonObject().put("reason", reason).put("entries", count),
                false);
        return signer.sign(chain, entry, new JsonObject().put(ERASED, list));
    }

    /** @param hash of the newest of them, in hexadecimal digits */
    public static SignedEntry sealed(EntrySigner signer, String chain, long from, long through, String hash) {
        JsonObject summary = new JsonObject()
                .put("from", from)
                .put("through", through)
                .put("entries", through - from + 1)
                .put("hash", hash);
        var entry = new AuditEntry(AuditOrigin.system("audit"), target(chain), "audit.sealed", null, summary, false);
        return signer.sign(chain, entry, new JsonObject().put(SEALED, summary));
    }

    private static AuditTarget target(String chain) {
        return chain.equals(Chain.INSTALLATION)
                ? AuditTarget.ofInstallation("audit", "")
                : AuditTarget.of(new TenantId(chain), "audit", "");
    }
}
