package dev.sandpiper.domain;

import java.util.List;
import java.util.Map;

/**
 * Everything that a client can be told went wrong. One record per kind; {@link #code()} is stable and part of the API.
 * How each looks on HTTP and on sockets is decided in one place, {@code dev.sandpiper.protocol.ErrorMapping}.
 */
public sealed interface PlatformError
        permits RequestError, ConflictError, ConsumerError, CredentialError, AvailabilityError, ConnectionEnd {
    /** Stable, in upper snake case, such as {@code INVALID_TOPIC}. */
    String code();

    /** One sentence for a developer; never a secret, never a payload. */
    String message();

    /**
     * Members for {@code error.details}; empty when there is nothing to add. A value is a number, a boolean, a string, or a list
     * of {@link Violation}.
     */
    default Map<String, Object> details() {
        return Map.of();
    }

    /** The first of them as the end of a sentence, for those who see the message only. */
    static String first(List<Violation> errors) {
        if (errors.isEmpty()) {
            return "";
        }
        Violation first = errors.getFirst();
        return ": " + (first.pointer().isEmpty() ? "" : first.pointer() + " ") + first.reason();
    }
}
