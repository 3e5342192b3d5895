package dev.sandpiper.domain;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What was sent cannot be understood, or leads nowhere. */
public sealed interface RequestError extends PlatformError {
    record InvalidRequest(String message) implements RequestError {
        @Override
        public String code() {
            return "INVALID_REQUEST";
        }
    }

    /** @param offset of the byte at which parsing failed */
    record InvalidJson(String reason, long offset) implements RequestError {
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

    record DuplicateMember(String member) implements RequestError {
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

    record NestingTooDeep(int limit) implements RequestError {
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

    record InvalidUtf8() implements RequestError {
        @Override
        public String code() {
            return "INVALID_UTF8";
        }

        @Override
        public String message() {
            return "The text is not well-formed UTF-8";
        }
    }

    record InvalidTopic(String message) implements RequestError {
        @Override
        public String code() {
            return "INVALID_TOPIC";
        }
    }

    /** @param parameter the member, query parameter or header at fault */
    record InvalidParameter(String parameter, String reason) implements RequestError {
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

    /**
     * What is wrong with one event of several that are published together. Looks like its cause, and says which.
     *
     * @param index of the event, from 0
     */
    record OfEvent(int index, PlatformError cause) implements RequestError {
        @Override
        public String code() {
            return cause.code();
        }

        @Override
        public String message() {
            return "Event " + index + ": " + cause.message();
        }

        @Override
        public Map<String, Object> details() {
            Map<String, Object> details = new LinkedHashMap<>(cause.details());
            details.put("index", index);
            return details;
        }
    }

    record InvalidCursor() implements RequestError {
        @Override
        public String code() {
            return "INVALID_CURSOR";
        }

        @Override
        public String message() {
            return "The cursor was not issued for this project";
        }
    }

    /** @param reason of the compiler, for people */
    record InvalidFilter(String reason) implements RequestError {
        @Override
        public String code() {
            return "INVALID_FILTER";
        }

        @Override
        public String message() {
            return "The filter cannot be used: " + reason;
        }
    }

    record FilterTooCostly(String reason) implements RequestError {
        @Override
        public String code() {
            return "FILTER_TOO_COSTLY";
        }

        @Override
        public String message() {
            return "The filter could cost too much: " + reason;
        }
    }

    /**
     * The headers of an event cannot be what they are.
     *
     * @param errors where in the event, and why
     */
    record InvalidHeaders(List<Violation> errors) implements RequestError {
        public InvalidHeaders {
            errors = List.copyOf(errors);
        }

        @Override
        public String code() {
            return "INVALID_HEADERS";
        }

        @Override
        public String message() {
            return "The headers of the event cannot be used" + PlatformError.first(errors);
        }

        @Override
        public Map<String, Object> details() {
            return Map.of("errors", errors);
        }
    }

    /** @param limit in bytes */
    record PayloadTooLarge(long limit) implements RequestError {
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

    /**
     * The topic has a schema and the payload does not fit it.
     *
     * @param errors where and why; the first ones when there are many
     */
    record InvalidEventPayload(List<Violation> errors) implements RequestError {
        public InvalidEventPayload {
            errors = List.copyOf(errors);
        }

        @Override
        public String code() {
            return "INVALID_EVENT_PAYLOAD";
        }

        @Override
        public String message() {
            return "The payload does not fit the schema of the topic" + PlatformError.first(errors);
        }

        @Override
        public Map<String, Object> details() {
            return Map.of("errors", errors);
        }
    }

    /** @param pointer to what is wrong within the schema, as a JSON Pointer (RFC 6901) */
    record InvalidSchema(String pointer, String reason) implements RequestError {
        @Override
        public String code() {
            return "INVALID_SCHEMA";
        }

        @Override
        public String message() {
            return "The schema cannot be used: " + (pointer.isEmpty() ? "" : pointer + " ") + reason;
        }

        @Override
        public Map<String, Object> details() {
            return Map.of("pointer", pointer);
        }
    }

    record UnsupportedMediaType(String supported) implements RequestError {
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
    record UriTooLong(int limit) implements RequestError {
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
    record HeadersTooLarge(int limit) implements RequestError {
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

    record RequestTimeout() implements RequestError {
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
    record UpgradeRequired() implements RequestError {
        @Override
        public String code() {
            return "UPGRADE_REQUIRED";
        }

        @Override
        public String message() {
            return "Connect with WebSocket, version 13";
        }
    }

    record RouteNotFound() implements RequestError {
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
    record MethodNotAllowed(String allowed) implements RequestError {
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
}
