package dev.sandpiper.domain;

import java.util.Map;

/** What can be wrong with a durable consumer, or with what a worker says about a delivery of one. */
public sealed interface ConsumerError extends PlatformError {
    /** Somebody else was given the event since, or it was decided otherwise. */
    record StaleDelivery() implements ConsumerError {
        @Override
        public String code() {
            return "STALE_DELIVERY";
        }

        @Override
        public String message() {
            return "The event was delivered again since, or its delivery has ended otherwise";
        }
    }

    /** Malformed, forged, or another tenant's, project's or consumer's: which of these is nobody's business. */
    record InvalidDeliveryToken() implements ConsumerError {
        @Override
        public String code() {
            return "INVALID_DELIVERY_TOKEN";
        }

        @Override
        public String message() {
            return "The delivery token was not issued for this consumer";
        }
    }

    /** The consumer was reset since, or the delivery ended so long ago that nothing is known of it any more. */
    record DeliveryExpired() implements ConsumerError {
        @Override
        public String code() {
            return "DELIVERY_EXPIRED";
        }

        @Override
        public String message() {
            return "Nothing is known of this delivery any more";
        }
    }

    record ConsumerExists() implements ConsumerError {
        @Override
        public String code() {
            return "CONSUMER_EXISTS";
        }

        @Override
        public String message() {
            return "The project has a consumer of this name already";
        }
    }

    record TooManyConsumers(int limit) implements ConsumerError {
        @Override
        public String code() {
            return "TOO_MANY_CONSUMERS";
        }

        @Override
        public String message() {
            return "A project has at most " + limit + " consumers";
        }

        @Override
        public Map<String, Object> details() {
            return Map.of("limit", limit);
        }
    }

    /** A worker consumes on a connection, and wants to begin again. */
    record AlreadyConsuming(String consumer) implements ConsumerError {
        @Override
        public String code() {
            return "ALREADY_CONSUMING";
        }

        @Override
        public String message() {
            return "This connection works for the consumer already";
        }

        @Override
        public Map<String, Object> details() {
            return Map.of("consumer", consumer);
        }
    }

    /** A worker wants to end what did not begin on its connection, or has ended. */
    record NotConsuming(String consumer) implements ConsumerError {
        @Override
        public String code() {
            return "NOT_CONSUMING";
        }

        @Override
        public String message() {
            return "This connection does not work for the consumer";
        }

        @Override
        public Map<String, Object> details() {
            return Map.of("consumer", consumer);
        }
    }
}
