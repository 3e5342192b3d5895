package dev.sandpiper.perf.servers;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The peer: Centrifugo 6, without authentication, configured for one of its engines.
 *
 * @param redis null unless its engine needs it
 */
public record Centrifugo(
        Child child, int port, Engine engine, @Nullable Redis redis) implements Target {
    private static final Duration START = Duration.ofSeconds(20);
    private static final int HISTORY = 1_000;

    public static Centrifugo start(Path program, Engine engine) throws InterruptedException {
        int port = Ports.free(1);
        Redis redis = engine == Engine.REDIS_WITH_HISTORY
                ? Redis.start(Programs.onPath("redis-server").orElseThrow())
                : null;
        Child child = Child.start(
                "centrifugo", List.of(program.toString(), "--config=" + configuration(port, engine, redis)), Map.of());
        Centrifugo started = new Centrifugo(child, port, engine, redis);
        child.awaitReady(START, () -> Redis.accepts(port));
        return started;
    }

    private static Path configuration(int port, Engine engine, @Nullable Redis redis) {
        ObjectMapper json = new ObjectMapper();
        ObjectNode root = json.createObjectNode();
        root.putObject("http_server").put("address", "127.0.0.1").put("port", port);
        root.putObject("log").put("level", "error");
        root.putObject("http_api").put("insecure", true);
        ObjectNode client = root.putObject("client").put("insecure", true).put("channel_limit", 10_000);
        client.putArray("allowed_origins").add("*");
        if (engine.keepsHistory()) {
            root.putObject("channel")
                    .putObject("without_namespace")
                    .put("history_size", HISTORY)
                    .put("history_ttl", "300s")
                    .put("force_recovery", true);
            // As many as a resuming client may have missed.
            client.put("recovery_max_publication_limit", HISTORY);
        }
        if (redis != null) {
            ObjectNode settings = root.putObject("engine").put("type", "redis").putObject("redis");
            settings.putArray("address").add("redis://127.0.0.1:" + redis.port());
        }
        try {
            Path file = Files.createTempFile("centrifugo", ".json");
            file.toFile().deleteOnExit();
            json.writeValue(file.toFile(), root);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String name() {
        return "Centrifugo (" + engine.label() + ")";
    }

    @Override
    public List<String> options(Transport transport) {
        if (transport != Transport.WEBSOCKET) {
            throw new IllegalArgumentException("the bench speaks to the peer by WebSocket only");
        }
        return List.of("--url=http://127.0.0.1:" + port, "--pid=" + child.pid(), "--protocol=centrifugo");
    }

    @Override
    public Map<String, String> environment() {
        return Map.of("SANDPIPER_KEY", "none");
    }

    @Override
    public void close() {
        child.close();
        if (redis != null) {
            redis.close();
        }
    }
}
