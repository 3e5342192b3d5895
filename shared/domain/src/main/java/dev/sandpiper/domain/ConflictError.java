package dev.sandpiper.domain;

import java.util.List;
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

    /** @param resource what kind of thing, such as {@code tenant} */
    record ResourceExists(String resource) implements ConflictError {
        @Override
        public String code() {
            return "RESOURCE_EXISTS";
        }

        @Override
        public String message() {
            return "There is a " + resource + " of this id already, or there was one";
        }
    }

    /** A key that is not to be changed any more. */
    record KeyEnded() implements ConflictError {
        @Override
        public String code() {
            return "KEY_ENDED";
        }

        @Override
        public String message() {
            return "The key is revoked or expired, or another took its place";
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

    /**
     * Somebody changed it since the caller read it.
     *
     * @param version that it has now; 0 when it is not there
     */
    record VersionMismatch(long version) implements ConflictError {
        @Override
        public String code() {
            return "VERSION_MISMATCH";
        }

        @Override
        public String message() {
            return version == 0 ? "It does not exist any more" : "It has another version by now: " + version;
        }

        @Override
        public Map<String, Object> details() {
            return Map.of("version", version);
        }
    }

    /** @param errors what the former schema let pass and the new one would not */
    record IncompatibleSchema(List<Violation> errors) implements ConflictError {
        public IncompatibleSchema {
            errors = List.copyOf(errors);
        }

        @Override
        public String code() {
            return "INCOMPATIBLE_SCHEMA";
        }

        @Override
        public String message() {
            return "The new schema may refuse what the former one let pass" + PlatformError.first(errors);
        }

        @Override
        public Map<String, Object> details() {
            return Map.of("errors", errors);
        }
    }

    /** @param pattern of a topic rule whose schema refers to this one */
    record SchemaInUse(String pattern) implements ConflictError {
        @Override
        public String code() {
            return "SCHEMA_IN_USE";
        }

        @Override
        public String message() {
            return "The schema of the topic rule " + pattern + " refers to this one";
        }

        @Override
        public Map<String, Object> details() {
            return Map.of("pattern", pattern);
        }
    }

    record TooManyTopicRules(int limit) implements ConflictError {
        @Override
        public String code() {
            return "TOO_MANY_TOPIC_RULES";
        }

        @Override
        public String message() {
            return "A project has at most " + limit + " topic rules";
        }

        @Override
        public Map<String, Object> details() {
            return Map.of("limit", limit);
        }
    }

    /**
     * The topic has events behind the position that the publisher knew; nothing was stored.
     *
     * @param last of the topic's newest event; sequence 0 when it has none
     * @param cursor the same as clients write it, empty when the topic has none; empty too until the edge that answers has
     *     written it
     */
    record CursorConflict(Cursor last, String cursor) implements ConflictError {
        public CursorConflict(Cursor last) {
            this(last, "");
        }

        @Override
        public String code() {
            return "CURSOR_CONFLICT";
        }

        @Override
        public String message() {
            return "The topic has events behind if_last_cursor";
        }

        @Override
        public Map<String, Object> details() {
            return Map.of("cursor", cursor);
        }

        /** As it is told to a client of this project. */
        public CursorConflict written(CursorCodec cursors, TenantId tenant, ProjectId project) {
            return last.sequence() == 0 ? this : new CursorConflict(last, cursors.encode(tenant, project, last));
        }
    }

    /** @param limit of the project's events that wait for their time */
    record TooManySchedules(int limit) implements ConflictError {
        @Override
        public String code() {
            return "TOO_MANY_SCHEDULES";
        }

        @Override
        public String message() {
            return "A project has at most " + limit + " scheduled events";
        }

        @Override
        public Map<String, Object> details() {
            return Map.of("limit", limit);
        }
    }

    /** Of subscribers that acknowledge under a name. */
    record TooManyPositions(int limit) implements ConflictError {
        @Override
        public String code() {
            return "TOO_MANY_POSITIONS";
        }

        @Override
        public String message() {
            return "A project keeps the positions of at most " + limit + " subscribers and channels";
        }

        @Override
        public Map<String, Object> details() {
            return Map.of("limit", limit);
        }
    }

    /** What this subscription acknowledges from now on would not be remembered. */
    record PositionTaken(String subscriber) implements ConflictError {
        @Override
        public String code() {
            return "POSITION_TAKEN";
        }

        @Override
        public String message() {
            return "Another subscription goes on under this subscriber's name, or its position was deleted";
        }

        @Override
        public Map<String, Object> details() {
            return Map.of("subscriber", subscriber);
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

    /** @param reason why the letter lacks its event, such as {@code trimmed} */
    record DeadLetterIncomplete(String reason) implements ConflictError {
        @Override
        public String code() {
            return "DEAD_LETTER_INCOMPLETE";
        }

        @Override
        public String message() {
            return "The dead letter lacks its event, so there is nothing to send again";
        }

        @Override
        public Map<String, Object> details() {
            return Map.of("reason", reason);
        }
    }

    record StreamExists(TenantId tenant) implements ConflictError {
        @Override
        public String code() {
            return "STREAM_EXISTS";
        }

        @Override
        public String message() {
            return "The tenant has a stream of its own already";
        }

        @Override
        public Map<String, Object> details() {
            return Map.of("tenant", tenant.value());
        }
    }

    /** A tenant cannot be moved to another stream right now. */
    record MoveRefused(Reason reason) implements ConflictError {
        /** Why not. */
        public enum Reason {
            UNDER_WAY("under_way", "The tenant is being moved already"),
            SAME_STREAM("same_stream", "The tenant lies in that stream already"),
            FOREIGN_STREAM("foreign_stream", "That stream is another tenant's own"),
            CONSUMERS("consumers", "The tenant has durable consumers; delete them first"),
            REMEMBERED_KEYS("remembered_keys", "Keys of the tenant are remembered; wait until they are not"),
            NOT_COPYING("not_copying", "The tenant has arrived already");

            private final String wireName;
            private final String text;

            Reason(String wireName, String text) {
                this.wireName = wireName;
                this.text = text;
            }

            public String wireName() {
                return wireName;
            }
        }

        @Override
        public String code() {
            return "MOVE_REFUSED";
        }

        @Override
        public String message() {
            return reason.text;
        }

        @Override
        public Map<String, Object> details() {
            return Map.of("reason", reason.wireName());
        }
    }

    record ConsumerNotRedrivable(String consumer) implements ConflictError {
        @Override
        public String code() {
            return "CONSUMER_NOT_REDRIVABLE";
        }

        @Override
        public String message() {
            return "The consumer is gone or takes no redriven events; redrive to the topic";
        }

        @Override
        public Map<String, Object> details() {
            return Map.of("consumer", consumer);
        }
    }

    /** @param issuer as tokens have it in {@code iss} */
    record IssuerExists(String issuer) implements ConflictError {
        @Override
        public String code() {
            return "ISSUER_EXISTS";
        }

        @Override
        public String message() {
            return "The project has this issuer already; delete that one first";
        }

        @Override
        public Map<String, Object> details() {
            return Map.of("issuer", issuer);
        }
    }

    record TooManyIssuers(int limit) implements ConflictError {
        @Override
        public String code() {
            return "TOO_MANY_ISSUERS";
        }

        @Override
        public String message() {
            return "The project has as many issuers as it can";
        }

        @Override
        public Map<String, Object> details() {
            return Map.of("limit", limit);
        }
    }
}
