package dev.sandpiper.domain;

import java.util.Map;

/** What was asked for does not fit what there is. */
public sealed interface ConflictError extends PlatformError {
    /** @param resource what kind of thing, such as {@code key} */
    record ResourceNotFound(String resource) implements ConflictError {
        @Override
        public String code() {
            return "RESOURCE_NOT_FOUND";
        }

        @Override
        public String message() {
            return "There is no such " + resource;
        }
    }

    record NotSubscribed(String channel) implements ConflictError {
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

    record AlreadySubscribed(String channel) implements ConflictError {
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

    record IdempotencyConflict() implements ConflictError {
        @Override
        public String code() {
            return "IDEMPOTENCY_CONFLICT";
        }

        @Override
        public String message() {
            return "The key was used before for another event";
        }
    }

    record TooManySubscriptions(int limit) implements ConflictError {
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
}
