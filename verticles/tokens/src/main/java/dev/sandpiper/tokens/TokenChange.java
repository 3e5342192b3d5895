package dev.sandpiper.tokens;

import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.bus.BusReader;
import dev.sandpiper.runtime.bus.BusWriter;
import dev.sandpiper.runtime.bus.VersionedCodec;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something was revoked, or an issuer changed; told to every node. A revocation bites as soon as it is heard, also on a node that cannot
 * reach PostgreSQL just now.
 *
 * @param revocation null when it was an issuer, of which nodes ask PostgreSQL
 */
record TokenChange(@Nullable Revocation revocation) {
    /** Between nodes. */
    static final class Codec extends VersionedCodec<TokenChange> {
        Codec() {
            super(TokenChange.class, "token-change", 1);
        }

        @Override
        protected void write(TokenChange message, BusWriter out) {
            Revocation revoked = message.revocation();
            out.putBoolean(revoked != null);
            if (revoked != null) {
                out.putString(revoked.tenant().value())
                        .putString(revoked.project().value())
                        .putBoolean(revoked.kind() == Revocation.Kind.USER)
                        .putString(revoked.value())
                        .putLong(revoked.issuedUntil().toEpochMilli())
                        .putLong(revoked.expiresAt().toEpochMilli());
            }
        }

        @Override
        protected TokenChange read(int version, BusReader in) {
            return new TokenChange(
                    in.getBoolean()
                            ? new Revocation(
                                    new TenantId(in.getString()),
                                    new ProjectId(in.getString()),
                                    in.getBoolean() ? Revocation.Kind.USER : Revocation.Kind.TOKEN,
                                    in.getString(),
                                    Instant.ofEpochMilli(in.getLong()),
                                    Instant.ofEpochMilli(in.getLong()))
                            : null);
        }
    }
}
