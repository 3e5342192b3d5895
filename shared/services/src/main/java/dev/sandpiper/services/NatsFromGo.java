package dev.sandpiper.services;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Built from source by Go, which checks the source against its checksum database. */
record NatsFromGo(NatsCache cache) implements NatsSource {
    private static final String VERSION = "2.15.2";

    @Override
    public String name() {
        return "go install, version " + VERSION;
    }

    @Override
    public Optional<Path> find(Progress progress) throws IOException {
        if (Session.onPath("go").isEmpty()) {
            return Optional.empty();
        }
        progress.say("Building nats-server " + VERSION + " with Go; this takes a minute");
        Path workshop = cache.workshop();
        try {
            Commands.Outcome outcome = Commands.run(
                    Duration.ofMinutes(8),
                    List.of("go", "install", "github.com/nats-io/nats-server/v2@v" + VERSION),
                    Map.of("GOBIN", workshop.toString()));
            if (!outcome.succeeded()) {
                throw new IOException("go install failed: " + outcome.lastLine());
            }
            return Optional.of(cache.keep(workshop.resolve(NatsCache.PROGRAM), VERSION));
        } finally {
            Folders.delete(workshop);
        }
    }
}
