package dev.sandpiper.tokens;

import java.util.Locale;
import java.util.Optional;

/** How the word of an issuer is checked. */
public enum IssuerType {
    /** Tokens signed with HS256 under a secret that both know. */
    SECRET,
    /** Tokens signed with a key of a set that the issuer publishes: RS256, ES256 or EdDSA, whichever the key is for. */
    JWKS,
    /** Any text, about which an endpoint of the customer is asked. */
    HANDLER;

    /** As in the API and the database. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<IssuerType> named(String wireName) {
        for (IssuerType type : values()) {
            if (type.wireName().equals(wireName)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
