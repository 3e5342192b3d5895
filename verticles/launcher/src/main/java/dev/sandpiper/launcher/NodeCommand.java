package dev.sandpiper.launcher;

import dev.sandpiper.embed.NodeConfig;
import dev.sandpiper.embed.Sandpiper;
import dev.sandpiper.launcher.cli.CommandFailure;
import dev.sandpiper.launcher.cli.CommandLineVariables;
import dev.sandpiper.launcher.cli.Interruption;
import dev.sandpiper.runtime.logging.NodeLogging;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "node",
        description = {
            "Runs one production node.",
            "",
            "It is configured by SANDPIPER_* variables, see docs/operate/configuration.md. SIGTERM ends it in order."
        })
final class NodeCommand implements Callable<Integer> {
    private static final Logger log = LoggerFactory.getLogger(NodeCommand.class);

    @Option(
            names = "--roles",
            paramLabel = "ROLES",
            description = "What the node does, separated by commas, instead of SANDPIPER_ROLES: http, sockets,"
                    + " publisher, feed.")
    private @Nullable String roles;

    @Override
    public Integer call() {
        Map<String, String> variables = new HashMap<>(System.getenv());
        if (roles != null) {
            variables.put("SANDPIPER_ROLES", roles);
        }
        NodeConfig config = NodeConfig.from(variables, CommandLineVariables.NAMES);
        NodeLogging.configure(config.logging(), config.general().nodeId());

        CompletableFuture<Void> dropped = new CompletableFuture<>();
        CompletableFuture<Sandpiper> starting = await(Sandpiper.builder()
                .config(config)
                .onDropped(() -> dropped.complete(null))
                .start());
        try (Interruption interruption = new Interruption(() -> stop(starting))) {
            started(starting);
            dropped.join();
            log.atError().log("The cluster has forgotten this node; it ends, to be started again");
            stop(starting);
            throw CommandFailure.of("The cluster has forgotten this node; start it again");
        }
    }

    private static void started(CompletableFuture<Sandpiper> starting) {
        try {
            starting.join();
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            log.atError().setCause(cause).log("The node cannot start");
            NodeLogging.stop();
            throw CommandFailure.of("The node cannot start: " + cause.getMessage());
        }
    }

    private static void stop(CompletableFuture<Sandpiper> starting) {
        // A node that is still starting has accepted nothing that could be lost.
        if (starting.isDone() && !starting.isCompletedExceptionally()) {
            await(starting.join().shutdown()).join();
        }
        NodeLogging.stop();
    }

    private static <T> CompletableFuture<T> await(Future<T> future) {
        return future.toCompletionStage().toCompletableFuture();
    }
}
