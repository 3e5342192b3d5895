package dev.sandpiper.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An entry that is ready to be appended. The envelope stays for ever; the details can be erased, and what stays of them is a
 * commitment in the envelope: an HMAC under the salt, which goes with them.
 *
 * @param chain tenant, or {@link Chain#INSTALLATION}
 * @param envelope canonical JSON
 * @param details canonical JSON
 * @param project empty for none
 * @param actor to find it by: kind and id
 * @param target likewise
 */
@SuppressWarnings("ArrayRecordComponent")
public record SignedEntry(
        String chain,
        Instant at,
        String action,
        String project,
        @Nullable String actor,
        @Nullable String target,
        String envelope,
        String details,
        byte[] salt,
        byte[] signature) {}
