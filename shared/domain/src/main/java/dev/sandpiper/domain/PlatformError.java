package dev.sandpiper.domain;

import java.util.Map;

/**
 * Everything that a client can be told went wrong. One record per kind; {@link #code()} is stable and part of the API.
 * How each looks on HTTP and on sockets is decided in one place, {@code dev.sandpiper.protocol.ErrorMapping}.
 */
public sealed interface PlatformError
        permits RequestError, ConflictError, CredentialError, AvailabilityError, ConnectionEnd {
    /** Stable, in upper snake case, such as {@code INVALID_TOPIC}. */
    String code();

    /** One sentence for a developer; never a secret, never a payload. */
    String message();

    /** Members for {@code error.details}; empty when there is nothing to add. */
    default Map<String, Object> details() {
        return Map.of();
    }
}
