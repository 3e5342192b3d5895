package dev.sandpiper.runtime.nats;

import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.Consumer;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.security.NoSuchAlgorithmException;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens connections to NATS off the event loop and reports in one form what happens to them. */
final class NatsLink {
    private static final Logger log = LoggerFactory.getLogger(NatsLink.class);
    private static final String OLDEST_SERVER = "2.12.1";

    private NatsLink() {}

    /** What becomes of a connection; called on jnats' own threads. */
    interface Listener {
        /** Subscriptions are in force again after an interruption. */
        void onResubscribed();

        void onDisconnected();

        /** For good. */
        void onClosed();

        /** Incoming messages were dropped because a dispatcher did not keep up. */
        void onMessagesDropped();
    }

    /**
     * Connects once. Fails with an {@link IOException} when there is no server, and with an {@link IllegalStateException}
     * when there is one that will not do.
     */
    static Future<Connection> open(Vertx vertx, NatsConfig config, String name, boolean reconnect, Listener listener) {
        return vertx.executeBlocking(() -> connect(config, name, reconnect, listener), false)
                .map(Objects::requireNonNull);
    }

    private static Connection connect(NatsConfig config, String name, boolean reconnect, Listener listener)
            throws IOException, InterruptedException, NoSuchAlgorithmException {
        Options.Builder options = NatsOptions.of(config, name)
                .connectionListener(connectionListener(listener))
                .errorListener(new Errors(listener));
        if (!reconnect) {
            options.maxReconnects(0);
        }
        Connection connection = Nats.connect(options.build());
        String version = connection.getServerInfo().getVersion();
        if (!connection.getServerInfo().isSameOrNewerThanVersion(OLDEST_SERVER)) {
            connection.close();
            throw new IllegalStateException("The NATS server at " + config.urls() + " is version " + version
                    + "; Sandpiper needs " + OLDEST_SERVER + " or newer");
        }
        return connection;
    }

    private static ConnectionListener connectionListener(Listener listener) {
        return (connection, event) -> {
            log.atDebug().addKeyValue("event", event.name()).log("NATS connection event");
            switch (event) {
                case RESUBSCRIBED -> listener.onResubscribed();
                case DISCONNECTED -> listener.onDisconnected();
                case CLOSED -> listener.onClosed();
                case CONNECTED, RECONNECTED, DISCOVERED_SERVERS, LAME_DUCK -> {}
            }
        };
    }

    private record Errors(Listener listener) implements ErrorListener {
        @Override
        public void errorOccurred(Connection connection, String error) {
            log.atWarn().addKeyValue("error", error).log("The NATS server reports an error");
        }

        @Override
        public void exceptionOccurred(Connection connection, Exception exception) {
            log.atDebug().setCause(exception).log("NATS connection trouble");
        }

        @Override
        public void slowConsumerDetected(Connection connection, Consumer consumer) {
            log.atWarn().log("Messages from NATS were dropped because they were not read fast enough");
            listener.onMessagesDropped();
        }
    }
}
