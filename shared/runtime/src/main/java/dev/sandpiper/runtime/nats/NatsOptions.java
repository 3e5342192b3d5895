package dev.sandpiper.runtime.nats;

import dev.sandpiper.runtime.config.Secret;
import io.nats.client.Options;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The connection options that all of our NATS connections share. */
final class NatsOptions {
    /** More than everything that publishers and readers may have in flight, so that nobody ever waits for room. */
    private static final int OUTGOING_QUEUE = 1 << 18;

    private static final Duration RECONNECT_WAIT = Duration.ofMillis(100);
    private static final Duration RECONNECT_JITTER = Duration.ofMillis(100);

    private NatsOptions() {}

    /**
     * Never blocks a caller: a full queue refuses, requests do not wait for the socket, and while disconnected publishing
     * throws instead of queueing.
     */
    static Options.Builder of(NatsConfig config, String connectionName) throws NoSuchAlgorithmException {
        Options.Builder options = Options.builder()
                .servers(config.urls().toArray(String[]::new))
                .connectionName(connectionName)
                .connectionTimeout(config.connectTimeout())
                .pingInterval(config.pingInterval())
                .maxPingsOut(2)
                .maxReconnects(-1)
                .reconnectWait(RECONNECT_WAIT)
                .reconnectJitter(RECONNECT_JITTER)
                .reconnectJitterTls(RECONNECT_JITTER)
                .reconnectBufferSize(0)
                .maxMessagesInOutgoingQueue(OUTGOING_QUEUE)
                .discardMessagesWhenOutgoingQueueFull()
                .dontForceFlushOnRequest()
                .requestCleanupInterval(Duration.ofMillis(500))
                .reportNoResponders()
                // Subjects come from Subjects, whose every result is a sound one.
                .subjectValidationType(Options.SubjectValidationType.None);
        credentials(config, options);
        tls(config.tls(), options);
        return options;
    }

    private static void credentials(NatsConfig config, Options.Builder options) {
        String file = config.credentials();
        Secret token = config.token();
        Secret password = config.password();
        String user = config.user();
        if (file != null) {
            options.credentialPath(file);
        }
        if (token != null) {
            options.token(token.reveal().toCharArray());
        }
        if (user != null && password != null) {
            options.userInfo(user.toCharArray(), password.reveal().toCharArray());
        }
    }

    private static void tls(NatsConfig.Tls tls, Options.Builder options) throws NoSuchAlgorithmException {
        String trustStore = tls.trustStore();
        String keyStore = tls.keyStore();
        if (trustStore != null) {
            options.truststorePath(trustStore).truststorePassword(characters(tls.trustStorePassword()));
        }
        if (keyStore != null) {
            options.keystorePath(keyStore).keystorePassword(characters(tls.keyStorePassword()));
        }
        if (tls.required() && trustStore == null && keyStore == null) {
            options.secure();
        }
    }

    private static char[] characters(@Nullable Secret secret) {
        return secret == null ? new char[0] : secret.reveal().toCharArray();
    }
}
