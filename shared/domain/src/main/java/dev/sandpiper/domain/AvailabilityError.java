package dev.sandpiper.domain;

import java.time.Duration;

/** What was asked for cannot be done right now. */
public sealed interface AvailabilityError extends PlatformError {
    /** @param retryAfter when trying again is worth while */
    record PublisherSaturated(Duration retryAfter) implements AvailabilityError {
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
    record ServerBusy(Duration retryAfter) implements AvailabilityError {
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
    record OutcomeUnknown() implements AvailabilityError {
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
    record EventStoreUnavailable() implements AvailabilityError {
        @Override
        public String code() {
            return "EVENT_STORE_UNAVAILABLE";
        }

        @Override
        public String message() {
            return "The event store cannot be reached";
        }
    }

    record DatabaseUnavailable() implements AvailabilityError {
        @Override
        public String code() {
            return "DATABASE_UNAVAILABLE";
        }

        @Override
        public String message() {
            return "The database cannot be reached";
        }
    }

    /** Whoever vouches for the user, with keys or with an answer, cannot be reached; nothing was found out about the credential. */
    record IssuerUnavailable() implements AvailabilityError {
        @Override
        public String code() {
            return "ISSUER_UNAVAILABLE";
        }

        @Override
        public String message() {
            return "The credential cannot be checked now: its issuer does not answer";
        }
    }

    /** No node that could do it is in the cluster, or none answered. */
    record NodeUnavailable() implements AvailabilityError {
        @Override
        public String code() {
            return "NODE_UNAVAILABLE";
        }

        @Override
        public String message() {
            return "No node of the cluster could serve the request";
        }
    }

    record StorageFull() implements AvailabilityError {
        @Override
        public String code() {
            return "STORAGE_FULL";
        }

        @Override
        public String message() {
            return "The event store has no room for more events";
        }
    }

    record TooManyConnections(Duration retryAfter) implements AvailabilityError {
        @Override
        public String code() {
            return "TOO_MANY_CONNECTIONS";
        }

        @Override
        public String message() {
            return "This node has no room for more connections";
        }
    }

    /** Our fault. What happened is in the log under the request id. */
    record Internal() implements AvailabilityError {
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
