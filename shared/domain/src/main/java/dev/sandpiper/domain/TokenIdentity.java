package dev.sandpiper.domain;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * For which of its users a project's issuer vouches, and how long.
 *
 * @param issuer null for one that the application which embeds the node is itself
 * @param subject the user; 1 to {@value #MAX_TEXT} printable characters
 * @param id by which this one token can be revoked, likewise; null when it has none
 * @param issuedAt the beginning of time when the token does not say
 * @param expiresAt from when on it is worth nothing, the issuer's leeway included
 */
public record TokenIdentity(
        @Nullable IssuerId issuer, String subject, @Nullable String id, Instant issuedAt, Instant expiresAt) {
    public static final int MAX_TEXT = 128;

    /** Whether a text can be a subject or an id. */
    public static boolean isSane(String text) {
        return Text.isPrintable(text, MAX_TEXT);
    }
}
