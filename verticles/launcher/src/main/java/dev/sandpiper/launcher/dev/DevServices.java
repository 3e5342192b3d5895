package dev.sandpiper.launcher.dev;

import dev.sandpiper.launcher.cli.CommandFailure;
import dev.sandpiper.services.NatsBinary;
import dev.sandpiper.services.NatsInfo;
import dev.sandpiper.services.NatsOptions;
import dev.sandpiper.services.NatsServer;
import dev.sandpiper.services.PostgresOptions;
import dev.sandpiper.services.PostgresServer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** PostgreSQL and NATS: children of ours, or those that {@code SANDPIPER_DATABASE_URL} and {@code SANDPIPER_NATS_URL} name. */
final class DevServices {
    private static final String DATABASE = "sandpiper";
    private static final Duration RESTART_PAUSE = Duration.ofSeconds(1);

    private final DevFolder folder;
    private final Steps steps;
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final CompletableFuture<Integer> lost = new CompletableFuture<>();
    private @Nullable PostgresServer postgres;
    private @Nullable NatsServer nats;
    private String databaseUrl = "";
    private String natsUrl = "";

    DevServices(DevFolder folder, Steps steps) {
        this.folder = folder;
        this.steps = steps;
    }

    /** Starts both side by side. */
    void start() {
        CompletableFuture<Void> database = CompletableFuture.runAsync(this::startPostgres);
        CompletableFuture<Void> events = CompletableFuture.runAsync(this::startNats);
        try {
            CompletableFuture.allOf(database, events).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private void startPostgres() {
        String external = System.getenv("SANDPIPER_DATABASE_URL");
        if (external != null && !external.isBlank()) {
            databaseUrl = external;
            steps.say("Using the PostgreSQL that SANDPIPER_DATABASE_URL names");
            return;
        }
        PostgresServer server = PostgresServer.start(new PostgresOptions(folder.postgres(), 0, true, steps));
        postgres = server;
        folder.processes().note(server.pid());
        server.createDatabase(DATABASE, PostgresServer.PLAIN_TEMPLATE);
        databaseUrl = server.url(DATABASE);
        steps.say("PostgreSQL answers on port " + server.port());
        watchPostgres(server);
    }

    private void startNats() {
        String external = System.getenv("SANDPIPER_NATS_URL");
        if (external != null && !external.isBlank()) {
            natsUrl = external;
            checkExternalNats(external);
            return;
        }
        NatsServer server =
                NatsServer.start(NatsOptions.of(NatsBinary.acquire(steps).path(), folder.nats()));
        nats = server;
        folder.processes().note(server.pid());
        natsUrl = server.url();
        steps.say("nats-server answers on port " + server.port());
        watchNats(server);
    }

    private void checkExternalNats(String urls) {
        URI first = URI.create(urls.split(",", 2)[0].strip());
        int port = first.getPort() == -1 ? 4_222 : first.getPort();
        try {
            NatsInfo info = NatsInfo.ask(first.getHost(), port, Duration.ofSeconds(3));
            if (!NatsBinary.isNewEnough(info.version())) {
                throw CommandFailure.of("The nats-server at SANDPIPER_NATS_URL is version " + info.version()
                        + ", and Sandpiper needs 2.12 or newer; upgrade it, or unset the variable");
            }
            if (!info.jetStream()) {
                throw CommandFailure.of("The nats-server at SANDPIPER_NATS_URL has no JetStream; start it with -js");
            }
            steps.say("Using the nats-server " + info.version() + " that SANDPIPER_NATS_URL names");
        } catch (IOException e) {
            throw CommandFailure.of("No nats-server answers at SANDPIPER_NATS_URL (" + e.getMessage()
                    + "); start it, or unset the variable");
        }
    }

    /** With credentials. */
    String databaseUrl() {
        return databaseUrl;
    }

    String natsUrl() {
        return natsUrl;
    }

    /** 0 when the server is not ours. */
    long natsPid() {
        NatsServer server = nats;
        return server == null ? 0 : server.pid();
    }

    /** Empty when the server is not ours. */
    String natsMonitoringUrl() {
        NatsServer server = nats;
        return server == null ? "" : server.monitoringUrl();
    }

    /** Completes when a service has ended and does not come back. */
    CompletableFuture<Integer> lost() {
        return lost;
    }

    private void watchPostgres(PostgresServer server) {
        server.onExit()
                .thenAccept(code -> comeBack("PostgreSQL", code, () -> {
                    server.restart();
                    folder.processes().note(server.pid());
                    watchPostgres(server);
                }));
    }

    private void watchNats(NatsServer server) {
        server.onExit()
                .thenAccept(code -> comeBack("nats-server", code, () -> {
                    server.restart();
                    folder.processes().note(server.pid());
                    watchNats(server);
                }));
    }

    private void comeBack(String name, int code, Runnable restart) {
        if (stopping.get()) {
            return;
        }
        steps.say(name + " has ended with exit code " + code + "; starting it again");
        CompletableFuture.runAsync(
                        () -> {
                            if (!stopping.get()) {
                                restart.run();
                                steps.say(name + " is back");
                            }
                        },
                        CompletableFuture.delayedExecutor(RESTART_PAUSE.toMillis(), TimeUnit.MILLISECONDS))
                .exceptionally(failure -> {
                    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
                    steps.say(name + " does not come back: " + cause.getMessage());
                    lost.complete(code);
                    return null;
                });
    }

    void stop() {
        stopping.set(true);
        NatsServer events = nats;
        if (events != null) {
            events.stop();
        }
        PostgresServer database = postgres;
        if (database != null) {
            database.stop();
        }
    }
}
