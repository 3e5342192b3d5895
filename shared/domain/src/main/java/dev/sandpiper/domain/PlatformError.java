package dev.sandpiper.domain;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Everything that a client can be told went wrong. One record per kind; {@link #code()} is stable and part of the API.
 * How each looks on HTTP and on sockets is decided in one place, {@code dev.sandpiper.protocol.ErrorMapping}.
 */
public sealed interface PlatformError {
    /** Stable, in upper snake case, such as {@code INVALID_TOPIC}. */
    String code();

    /** One sentence for a developer; never a secret, never a payload. */
    String message();

    /** Members for {@code error.details}; empty when there is nothing to add. */
    default Map<String, Object> details() {
        return Map.of();
    }

    // What was sent cannot be understood.

    record InvalidRequest(String message) implements PlatformError {
        @Override
        public String code() {
            return "INVALID_REQUEST";
        }
    }

    /** @param offset of the byte at which parsing failed */
    record InvalidJson(String reason, long offset) implements PlatformError {
        @Override
        public String code() {
            return "INVALID_JSON";
        }

        @Override
        public String message() {
            return "The body is not valid JSON: " + reason;
        }

        @Override
        public Map<String, Object> details() {
            return Map.of("offset", offset);
        }
    }

    record DuplicateMember(String member) implements PlatformError {
        @Override
        public String code() {
            return "DUPLICATE_MEMBER";
        }

        @Override
        public String message() {
            return "The JSON names a member twice";
        }

        @Override
        public Map<String, Object> details() {
            return Map.of("member", member);
        }
    }

    record NestingTooDeep(int limit) implements PlatformError {
        @Override
        public String code() {
            return "NESTING_TOO_DEEP";
        }

        @Override
        public String message() {
            return "The JSON is nested deeper than " + limit + " levels";
        }

        @Override
        public Map<String, Object> details() {
            return Map.of("limit", limit);
        }
    }

    record InvalidUtf8() implements PlatformError {
        @Override
        public String code() {
            return "INVALID_UTF8";
        }

        @Override
        public String message() {
            return "The text is not well-formed UTF-8";
        }
    }

    record InvalidTopic(String message) implements PlatformError {
        @Override
        public String code() {
            return "INVALID_TOPIC";
        }
    }

    /** @param parameter the member, query parameter or header at fault */
    record InvalidParameter(String parameter, String reason) implements PlatformError {
        @Override
        public String code() {
            return "INVALID_PARAMETER";
        }

        @Override
        public String message() {
            return parameter + " " + reason;
        }

        @Override
        public Map<String, Object> details() {
            return Map.of("parameter", parameter);
        }
    }

    record InvalidCursor() implements PlatformError {
        @Override
        public String code() {
            return "INVALID_CURSOR";
        }

        @Override
        public String message() {
            return "The cursor was not issued for this project";
        }
    }

    /** @param limit in bytes */
    record PayloadTooLarge(long limit) implements PlatformError {
        @Override
        public String code() {
            return "PAYLOAD_TOO_LARGE";
        }

        @Override
        public String message() {
            return "The payload is larger than " + limit + " bytes";
        }

        @Override
        public Map<String, Object> details() {
            return Map.of("limit", limit);
        }
    }

    record UnsupportedMediaType(String supported) implements PlatformError {
        @Override
        public String code() {
            return "UNSUPPORTED_MEDIA_TYPE";
        }

        @Override
        public String message() {
            return "The content type is not supported here; use " + supported;
        }
    }

    /** @param limit in bytes of the request line */
    record UriTooLong(int limit) implements PlatformError {
        @Override
        public String code() {
            return "URI_TOO_LONG";
        }

        @Override
        public String message() {
            return "The request line is longer than " + limit + " bytes";
        }

        @Override
        public Map<String, Object> details() {
            return Map.of("limit", limit);
        }
    }

    /** @param limit in bytes of all header fields together */
    record HeadersTooLarge(int limit) implements PlatformError {
        @Override
        public String code() {
            return "HEADERS_TOO_LARGE";
        }

        @Override
        public String message() {
            return "The header fields are larger than " + limit + " bytes";
        }

        @Override
        public Map<String, Object> details() {
            return Map.of("limit", limit);
        }
    }

    record RequestTimeout() implements PlatformError {
        @Override
        public String code() {
            return "REQUEST_TIMEOUT";
        }

        @Override
        public String message() {
            return "The request did not arrive in time";
        }
    }

    /** The route speaks WebSocket, version 13, and the request did not ask for that. */
    record UpgradeRequired() implements PlatformError {
        @Override
        public String code() {
            return "UPGRADE_REQUIRED";
        }

        @Override
        public String message() {
            return "Connect with WebSocket, version 13";
        }
    }

    record OriginNotAllowed() implements PlatformError {
        @Override
        public String code() {
            return "ORIGIN_NOT_ALLOWED";
        }

        @Override
        public String message() {
            return "Pages of this origin may not connect";
        }
    }

    // What was asked for is not there.

    record RouteNotFound() implements PlatformError {
        @Override
        public String code() {
            return "ROUTE_NOT_FOUND";
        }

        @Override
        public String message() {
            return "There is no such route";
        }
    }

    /** @param allowed what the route does answer to, as in the {@code Allow} header */
    record MethodNotAllowed(String allowed) implements PlatformError {
        @Override
        public String code() {
            return "METHOD_NOT_ALLOWED";
        }

        @Override
        public String message() {
            return "The route answers to " + allowed;
        }

        @Override
        public Map<String, Object> details() {
            return Map.of("allowed", allowed);
        }
    }

    /** @param resource what kind of thing, such as {@code key} */
    record ResourceNotFound(String resource) implements PlatformError {
        @Override
        public String code() {
            return "RESOURCE_NOT_FOUND";
        }

        @Override
        public String message() {
            return "There is no such " + resource;
        }
    }

    record NotSubscribed(String channel) implements PlatformError {
        @Override
        public String code() {
            return "NOT_SUBSCRIBED";
        }

        @Override
        public String message() {
            return "This connection is not subscribed to the channel";
        }

        @Override
        public Map<String, Object> details() {
            return Map.of("channel", channel);
        }
    }

    record AlreadySubscribed(String channel) implements PlatformError {
        @Override
        public String code() {
            return "ALREADY_SUBSCRIBED";
        }

        @Override
        public String message() {
            return "This connection is subscribed to the channel already";
        }

        @Override
        public Map<String, Object> details() {
            return Map.of("channel", channel);
        }
    }

    // Who is asking.

    record MissingCredentials() implements PlatformError {
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
    record InvalidApiKey() implements PlatformError {
        @Override
        public String code() {
            return "INVALID_API_KEY";
        }

        @Override
        public String message() {
            return "The provided API key is invalid or expired";
        }
    }

    record InvalidTicket() implements PlatformError {
        @Override
        public String code() {
            return "INVALID_TICKET";
        }

        @Override
        public String message() {
            return "The ticket is invalid, used or expired";
        }
    }

    record CredentialInQuery() implements PlatformError {
        @Override
        public String code() {
            return "CREDENTIAL_IN_QUERY";
        }

        @Override
        public String message() {
            return "An API key does not belong in a query string, where it ends up in logs; buy a ticket with POST /v1/tickets";
        }
    }

    record AuthenticationTimeout() implements PlatformError {
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
    record KeyRevoked() implements PlatformError {
        @Override
        public String code() {
            return "KEY_REVOKED";
        }

        @Override
        public String message() {
            return "The credential of this connection was revoked";
        }
    }

    record InsufficientScope(Scope required) implements PlatformError {
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

    // What contradicts something.

    record IdempotencyConflict() implements PlatformError {
        @Override
        public String code() {
            return "IDEMPOTENCY_CONFLICT";
        }

        @Override
        public String message() {
            return "The key was used before for another event";
        }
    }

    record TooManySubscriptions(int limit) implements PlatformError {
        @Override
        public String code() {
            return "TOO_MANY_SUBSCRIPTIONS";
        }

        @Override
        public String message() {
            return "A connection has at most " + limit + " subscriptions";
        }

        @Override
        public Map<String, Object> details() {
            return Map.of("limit", limit);
        }
    }

    // What cannot be done right now.

    /** @param retryAfter when trying again is worth while */
    record PublisherSaturated(Duration retryAfter) implements PlatformError {
        @Override
        public String code() {
            return "PUBLISHER_SATURATED";
        }

        @Override
        public String message() {
            return "Too many events are waiting for their acknowledgement";
        }
    }

    /** The node holds as many request bodies as it can; nothing of this one was looked at. */
    record ServerBusy(Duration retryAfter) implements PlatformError {
        @Override
        public String code() {
            return "SERVER_BUSY";
        }

        @Override
        public String message() {
            return "The node is too busy to take this request";
        }
    }

    /** The event may or may not be stored. */
    record OutcomeUnknown() implements PlatformError {
        @Override
        public String code() {
            return "OUTCOME_UNKNOWN";
        }

        @Override
        public String message() {
            return "The event store did not acknowledge in time: unknown outcome, retry with the same key";
        }
    }

    /** The event store did not take the event, or cannot be read. */
    record EventStoreUnavailable() implements PlatformError {
        @Override
        public String code() {
            return "EVENT_STORE_UNAVAILABLE";
        }

        @Override
        public String message() {
            return "The event store cannot be reached";
        }
    }

    record DatabaseUnavailable() implements PlatformError {
        @Override
        public String code() {
            return "DATABASE_UNAVAILABLE";
        }

        @Override
        public String message() {
            return "The database cannot be reached";
        }
    }

    /** No node that could do it is in the cluster, or none answered. */
    record NodeUnavailable() implements PlatformError {
        @Override
        public String code() {
            return "NODE_UNAVAILABLE";
        }

        @Override
        public String message() {
            return "No node of the cluster could serve the request";
        }
    }

    record StorageFull() implements PlatformError {
        @Override
        public String code() {
            return "STORAGE_FULL";
        }

        @Override
        public String message() {
            return "The event store has no room for more events";
        }
    }

    record TooManyConnections(Duration retryAfter) implements PlatformError {
        @Override
        public String code() {
            return "TOO_MANY_CONNECTIONS";
        }

        @Override
        public String message() {
            return "This node has no room for more connections";
        }
    }

    // Why a connection ends.

    /** @param reconnectAfter a jittered hint, so that clients do not all come back at once */
    record ShuttingDown(Duration reconnectAfter) implements PlatformError {
        @Override
        public String code() {
            return "SHUTTING_DOWN";
        }

        @Override
        public String message() {
            return "This node is going away; connect again";
        }
    }

    /** @param cursor the last position that was handed to the connection, to resume from; empty when there is none */
    record SlowConsumer(String cursor) implements PlatformError {
        @Override
        public String code() {
            return "SLOW_CONSUMER";
        }

        @Override
        public String message() {
            return "The client did not read fast enough";
        }

        @Override
        public Map<String, Object> details() {
            Map<String, Object> details = new LinkedHashMap<>();
            if (!cursor.isEmpty()) {
                details.put("cursor", cursor);
            }
            return details;
        }
    }

    record PingTimeout() implements PlatformError {
        @Override
        public String code() {
            return "PING_TIMEOUT";
        }

        @Override
        public String message() {
            return "The client did not answer pings";
        }
    }

    /** Retention removed events while they were being replayed. */
    record HistoryTrimmed() implements PlatformError {
        @Override
        public String code() {
            return "HISTORY_TRIMMED";
        }

        @Override
        public String message() {
            return "Retention removed events before they could be replayed; subscribe again";
        }
    }

    /** Our fault. What happened is in the log under the request id. */
    record Internal() implements PlatformError {
        @Override
        public String code() {
            return "INTERNAL_ERROR";
        }

        @Override
        public String message() {
            return "Something went wrong on our side";
        }
    }
}
