package dev.sandpiper.audit;

import dev.sandpiper.domain.TenantId;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** How entries hang together: the hash of each is made of the one before. The database makes the same hashes when it appends. */
public final class Chain {
    /** The name of the installation's own chain, which is no tenant's id. */
    public static final String INSTALLATION = "~installation";

    private Chain() {}

    public static String of(@Nullable TenantId tenant) {
        return tenant == null ? INSTALLATION : tenant.value();
    }

    /** What the first entry of a chain follows. */
    static byte[] genesis(String chain) {
        return Canonical.sha256(Canonical.text(new JsonObject().put("chain", chain)));
    }

    static byte[] next(String chain, long seq, byte[] prev, String envelope) {
        return Canonical.sha256(Canonical.text(new JsonObject()
                .put("chain", chain)
                .put("entry", Canonical.hex(Canonical.sha256(envelope)))
                .put("prev", Canonical.hex(prev))
                .put("seq", seq)));
    }
}
