package dev.sandpiper.embed;

import dev.sandpiper.domain.CursorCodec;
import dev.sandpiper.http.HttpGate;
import dev.sandpiper.publisher.BusPublisher;
import dev.sandpiper.publisher.PublisherConfig;
import dev.sandpiper.runtime.auth.ApiKeys;
import dev.sandpiper.runtime.auth.Authenticator;
import dev.sandpiper.runtime.config.Settings;
import dev.sandpiper.runtime.events.Feed;
import dev.sandpiper.runtime.events.Publisher;
import dev.sandpiper.runtime.lifecycle.Shutdown;
import dev.sandpiper.runtime.management.Health;
import dev.sandpiper.runtime.management.ManagementVerticle;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/**
 * A running node. Events go in and out by its ports, {@link #publisher()} and {@link #feed()}, which are the same that its
 * own listeners use.
 *
 * <pre>{@code
 * var config = NodeConfig.from(System.getenv(), Set.of());
 * Sandpiper.builder().config(config).deploy(vertx).onSuccess(node -> node.publisher().publish(command));
 * }</pre>
 *
 * <p>An application that only publishes, and shares a clustered Vert.x with nodes that host a publisher, needs no node at all:
 * {@link #publisherOverBus}.
 */
public final class Sandpiper {
    private final Vertx vertx;
    private final NodeConfig config;
    private final EventParts events;
    private final CredentialParts credentials;
    private final CursorCodec cursors;
    private final HttpGate gate;
    private final ManagementVerticle management;
    private final Health health;
    private final Shutdown shutdown;

    Sandpiper(
            Vertx vertx,
            NodeConfig config,
            EventParts events,
            CredentialParts credentials,
            CursorCodec cursors,
            HttpGate gate,
            ManagementVerticle management,
            Health health,
            Shutdown shutdown) {
        this.vertx = vertx;
        this.config = config;
        this.events = events;
        this.credentials = credentials;
        this.cursors = cursors;
        this.gate = gate;
        this.management = management;
        this.health = health;
        this.shutdown = shutdown;
    }

    public static SandpiperBuilder builder() {
        return new SandpiperBuilder();
    }

    /** Publishes by way of the cluster's event bus, at one of the nodes that have the role {@link Role#PUBLISHER}. */
    public static Publisher publisherOverBus(Vertx vertx) {
        return new BusPublisher(vertx, PublisherConfig.from(new Settings(name -> null)));
    }

    public String nodeId() {
        return config.general().nodeId();
    }

    public Vertx vertx() {
        return vertx;
    }

    /** Writes events, on this node or, without the role, on another by way of the bus. */
    public Publisher publisher() {
        return events.publisher();
    }

    /** @throws IllegalStateException when the node lacks the role {@link Role#FEED} */
    public Feed feed() {
        Feed feed = events.feed();
        if (feed == null) {
            throw new IllegalStateException("a node without the role feed reads no events");
        }
        return feed;
    }

    /** Between cursors and their text form. */
    public CursorCodec cursors() {
        return cursors;
    }

    public Authenticator authenticator() {
        return credentials.authenticator();
    }

    /** Tenants, projects and API keys of the installation. */
    public ApiKeys keys() {
        return credentials.keys();
    }

    public Health health() {
        return health;
    }

    /** That the public listener listens on; 0 without the role {@link Role#HTTP}. */
    public int httpPort() {
        return gate.port();
    }

    /** That the management listener listens on. */
    public int managementPort() {
        return management.port();
    }

    /**
     * Ends the node in order; what was accepted is answered first. Never fails. Ends the Vert.x instance too when the node made
     * it itself. May be called more than once.
     */
    public Future<Void> shutdown() {
        return shutdown.run();
    }
}
