package dev.sandpiper.domain;

import java.util.Map;

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
