package dev.sandpiper.tokens;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.CredentialError;
import dev.sandpiper.domain.PlatformException;

/** The two answers there are to a credential that is not believed: they say nothing about why. */
final class InvalidTokens {
    private InvalidTokens() {}

    static PlatformException invalid() {
        return new PlatformException(new CredentialError.InvalidToken());
    }

    static PlatformException invalid(Throwable cause) {
        return new PlatformException(new CredentialError.InvalidToken(), cause);
    }

    static PlatformException unavailable() {
        return new PlatformException(new AvailabilityError.IssuerUnavailable());
    }
}
