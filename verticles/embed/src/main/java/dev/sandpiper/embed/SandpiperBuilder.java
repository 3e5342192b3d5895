package dev.sandpiper.embed;

import dev.sandpiper.runtime.cluster.ClusteredVertx;
import dev.sandpiper.runtime.lifecycle.ShutdownStage;
import dev.sandpiper.runtime.management.NodeMetrics;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import org.jspecify.annotations.Nullable;

/** Prepares a node. */
public final class SandpiperBuilder {
    private @Nullable NodeConfig config;
    private @Nullable Runnable onDropped;
    private final LocalUsers users = new LocalUsers();

    SandpiperBuilder() {}

    /** Required. */
    public SandpiperBuilder config(NodeConfig nodeConfig) {
        this.config = nodeConfig;
        return this;
    }

    /**
     * What to do when the cluster has forgotten this node for good: nothing but a restart helps then. By default the node
     * stays, unready. Called once, on any thread.
     */
    public SandpiperBuilder onDropped(Runnable action) {
        this.onDropped = action;
        return this;
    }

    /**
     * Lets the application check its users itself: credentials of the form {@code <name>~<anything>} are handed to it.
     *
     * @param name 1 to 15 characters of {@code [a-z0-9-]}, the first a letter
     */
    public SandpiperBuilder authentication(String name, UserAuthentication authentication) {
        users.add(name, authentication);
        return this;
    }

    /**
     * Runs the node inside an application's own Vert.x. Other nodes are found by way of that instance's cluster; the cluster
     * settings are not used. Without one the node is alone.
     *
     * <p>Fails, with nothing left running, when a port is taken or PostgreSQL or NATS cannot be used; the message says what
     * to do.
     */
    public Future<Sandpiper> deploy(Vertx vertx) {
        return new Assembly(required(), onDropped, users).on(vertx);
    }

    /** Likewise, with a clustered Vert.x of its own. */
    public Future<Sandpiper> start() {
        NodeConfig node = required();
        var assembly = new Assembly(node, onDropped, users);
        NodeMetrics metrics = assembly.metrics();
        var options = new VertxOptions()
                .setEventLoopPoolSize(node.general().eventLoops())
                .setMetricsOptions(metrics.vertxOptions())
                .setDisableTCCL(true)
                // Nothing is served from the class path or from files: no cache folder is needed.
                .setFileSystemOptions(new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false));
        Promise<Sandpiper> started = Promise.promise();
        ClusteredVertx.start(node.cluster(), options, metrics.vertxFactory())
                .onComplete(
                        vertx -> {
                            assembly.shutdown().add(ShutdownStage.LEAVE, "cluster", vertx::close);
                            assembly.on(vertx).onComplete(started);
                        },
                        failure -> {
                            metrics.close();
                            started.fail(failure);
                        });
        return started.future();
    }

    private NodeConfig required() {
        NodeConfig node = config;
        if (node == null) {
            throw new IllegalStateException("a node needs a configuration");
        }
        return node;
    }
}
