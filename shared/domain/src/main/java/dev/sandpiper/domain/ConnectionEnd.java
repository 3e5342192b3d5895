package dev.sandpiper.domain;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Why a connection or a subscription ends. */
public sealed interface ConnectionEnd extends PlatformError {
    /** @param reconnectAfter a jittered hint, so that clients do not all come back at once */
    record ShuttingDown(Duration reconnectAfter) implements ConnectionEnd {
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
    record SlowConsumer(String cursor) implements ConnectionEnd {
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

    /** An operator, or an unpaid bill, has stopped the tenant. Its administration can still be read. */
    record TenantSuspended() implements ConnectionEnd {
        @Override
        public String code() {
            return "TENANT_SUSPENDED";
        }

        @Override
        public String message() {
            return "The tenant is suspended";
        }
    }

    record PingTimeout() implements ConnectionEnd {
        @Override
        public String code() {
            return "PING_TIMEOUT";
        }

        @Override
        public String message() {
            return "The client did not answer pings";
        }
    }

    /** The tenant's events are in another stream by now; a cursor of the former one goes on there. */
    record StreamMoved() implements ConnectionEnd {
        @Override
        public String code() {
            return "STREAM_MOVED";
        }

        @Override
        public String message() {
            return "The events are stored elsewhere by now; resume from the last cursor";
        }
    }

    /** Retention removed events while they were being replayed. */
    record HistoryTrimmed() implements ConnectionEnd {
        @Override
        public String code() {
            return "HISTORY_TRIMMED";
        }

        @Override
        public String message() {
            return "Retention removed events before they could be replayed; subscribe again";
        }
    }
}
