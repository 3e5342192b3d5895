package dev.sandpiper.domain;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Who is asking is not known, or may not. */
public sealed interface CredentialError extends PlatformError {
    record MissingCredentials() implements CredentialError {
        @Override
        public String code() {
            return "MISSING_CREDENTIALS";
        }

        @Override
        public String message() {
            return "Send an API key as Authorization: Bearer or X-API-Key";
        }
    }

    /** Unknown, malformed, revoked and expired look the same from outside. */
    record InvalidApiKey() implements CredentialError {
        @Override
        public String code() {
            return "INVALID_API_KEY";
        }

        @Override
        public String message() {
            return "The provided API key is invalid or expired";
        }
    }

    record InvalidTicket() implements CredentialError {
        @Override
        public String code() {
            return "INVALID_TICKET";
        }

        @Override
        public String message() {
            return "The ticket is invalid, used or expired";
        }
    }

    record CredentialInQuery() implements CredentialError {
        @Override
        public String code() {
            return "CREDENTIAL_IN_QUERY";
        }

        @Override
        public String message() {
            return "An API key does not belong in a query string, where it ends up in logs; buy a ticket with POST /v1/tickets";
        }
    }

    record AuthenticationTimeout() implements CredentialError {
        @Override
        public String code() {
            return "AUTHENTICATION_TIMEOUT";
        }

        @Override
        public String message() {
            return "No auth frame arrived in time";
        }
    }

    /** Why an open connection ends when the key behind it is taken away. */
    record KeyRevoked() implements CredentialError {
        @Override
        public String code() {
            return "KEY_REVOKED";
        }

        @Override
        public String message() {
            return "The credential of this connection was revoked";
        }
    }

    /** Unknown issuer, malformed, forged, revoked and expired look the same from outside. */
    record InvalidToken() implements CredentialError {
        @Override
        public String code() {
            return "INVALID_TOKEN";
        }

        @Override
        public String message() {
            return "The provided token is invalid or expired";
        }
    }

    /** Why an open connection ends when its token does. */
    record TokenExpired() implements CredentialError {
        @Override
        public String code() {
            return "TOKEN_EXPIRED";
        }

        @Override
        public String message() {
            return "The token has expired; come back with a new one";
        }
    }

    /** Why an open connection ends when its token is revoked, or its issuer is no more. */
    record TokenRevoked() implements CredentialError {
        @Override
        public String code() {
            return "TOKEN_REVOKED";
        }

        @Override
        public String message() {
            return "The token of this connection was revoked";
        }
    }

    /** Tokens are for users of an application; what is administered is not for them. */
    record ApiKeyRequired() implements CredentialError {
        @Override
        public String code() {
            return "API_KEY_REQUIRED";
        }

        @Override
        public String message() {
            return "This can be done with an API key only";
        }
    }

    /** @param channel a channel, or the beginning of some with a {@code *} */
    record ChannelNotAllowed(String channel, Capability required) implements CredentialError {
        @Override
        public String code() {
            return "CHANNEL_NOT_ALLOWED";
        }

        @Override
        public String message() {
            return "The credential does not allow " + required.wireName() + " on this channel";
        }

        @Override
        public Map<String, Object> details() {
            return Map.of("channel", channel, "required", required.wireName());
        }
    }

    record InsufficientScope(Scope required) implements CredentialError {
        @Override
        public String code() {
            return "INSUFFICIENT_SCOPE";
        }

        @Override
        public String message() {
            return "The credential lacks the scope " + required.wireName();
        }

        @Override
        public Map<String, Object> details() {
            return Map.of("required", required.wireName());
        }
    }

    record AddressNotAllowed() implements CredentialError {
        @Override
        public String code() {
            return "ADDRESS_NOT_ALLOWED";
        }

        @Override
        public String message() {
            return "The credential may not be used from this address";
        }
    }

    /** @param members in which respects a key would be stronger than the one that makes it */
    record ExceedsOwnRights(Set<String> members) implements CredentialError {
        public ExceedsOwnRights {
            members = Collections.unmodifiableSet(new TreeSet<>(members));
        }

        @Override
        public String code() {
            return "EXCEEDS_OWN_RIGHTS";
        }

        @Override
        public String message() {
            return "A key cannot give away more than it has";
        }

        @Override
        public Map<String, Object> details() {
            return Map.of("members", List.copyOf(members));
        }
    }

    record OriginNotAllowed() implements CredentialError {
        @Override
        public String code() {
            return "ORIGIN_NOT_ALLOWED";
        }

        @Override
        public String message() {
            return "Pages of this origin may not connect";
        }
    }
}
