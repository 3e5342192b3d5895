package dev.sandpiper.sockets;

import dev.sandpiper.domain.CredentialError;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.TokenIdentity;
import dev.sandpiper.runtime.auth.Authenticator;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Whether the tokens of open connections still hold. Holders of keys are told otherwise when theirs is revoked. */
final class Trust {
    private final Authenticator authenticator;
    private final long warningMillis;

    Trust(Authenticator authenticator, Duration warning) {
        this.authenticator = authenticator;
        this.warningMillis = warning.toMillis();
    }

    /** Why the principal may stay no longer; null when it may, or holds a key. */
    @Nullable
    PlatformError fault(Principal who) {
        TokenIdentity token = who.token();
        if (token == null) {
            return null;
        }
        if (millisLeft(token) <= 0) {
            return new CredentialError.TokenExpired();
        }
        return authenticator.believes(who) ? null : new CredentialError.TokenRevoked();
    }

    boolean endsSoon(TokenIdentity token) {
        return millisLeft(token) <= warningMillis;
    }

    Duration left(TokenIdentity token) {
        return Duration.ofMillis(millisLeft(token));
    }

    private static long millisLeft(TokenIdentity token) {
        return Duration.between(Instant.now(), token.expiresAt()).toMillis();
    }
}
