package dev.sandpiper.http;

import dev.sandpiper.domain.CursorCodec;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.runtime.audit.Refusals;
import dev.sandpiper.runtime.config.Settings;
import dev.sandpiper.runtime.events.EventFilter;
import dev.sandpiper.runtime.http.Routes;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A whole listener on a free port, over an event store in memory. */
final class Listener implements AutoCloseable {
    static final CursorCodec CURSORS = new CursorCodec(new byte[32]);

    final MemoryEvents events = new MemoryEvents();
    final HttpGate gate = new HttpGate();
    final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    final Vertx vertx = Vertx.vertx();
    private final HttpClient client = HttpClient.newHttpClient();
    private final String scheme;
    private final String deployment;

    /** @param settings names without prefix and values, in turns */
    static Listener with(String... settings) {
        return new Listener(List.of(), settings);
    }

    static Listener with(Routes routes, String... settings) {
        return new Listener(List.of(routes), settings);
    }

    private Listener(List<Routes> more, String... settings) {
        Map<String, String> values = new HashMap<>();
        values.put("SANDPIPER_HTTP_PORT", "0");
        for (int i = 0; i < settings.length; i += 2) {
            values.put(Settings.PREFIX + settings[i], settings[i + 1]);
        }
        var source = new Settings(values::get);
        HttpConfig config = HttpConfig.from(source);
        source.check();
        scheme = config.tls() == null ? "http" : "https";
        var keys = new KnownKeys();
        List<Routes> routes = new ArrayList<>(more);
        routes.add(new EventRoutes(
                events, events::together, events::later, events, Listener::substring, CURSORS, keys, "1.2.3"));
        deployment = await(vertx.deployVerticle(
                () -> new HttpVerticle(config, gate, routes, keys, Refusals.IGNORED, metrics),
                new DeploymentOptions().setInstances(2)));
    }

    /** Instead of a language for filters: events match whose payload contains the text. */
    private static EventFilter substring(String text) {
        if (text.isBlank()) {
            throw new PlatformException(new RequestError.InvalidFilter("it is blank"));
        }
        return event -> new String(event.data(), StandardCharsets.UTF_8).contains(text);
    }

    static <T> T await(io.vertx.core.Future<T> future) {
        try {
            return future.await(10, TimeUnit.SECONDS);
        } catch (java.util.concurrent.TimeoutException e) {
            throw new AssertionError("not within 10 s", e);
        }
    }

    int port() {
        return gate.port();
    }

    io.vertx.core.Future<Void> undeploy() {
        return vertx.undeploy(deployment);
    }

    URI uri(String path) {
        return URI.create(scheme + "://127.0.0.1:" + port() + path);
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri(path))
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(Duration.ofSeconds(10))
                .header("Authorization", "Bearer ann");
    }

    HttpResponse<String> post(String path, String body, String... headers) {
        HttpRequest.Builder request = request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request.build());
    }

    HttpResponse<String> get(String path) {
        return send(request(path).build());
    }

    HttpResponse<String> send(HttpRequest request) {
        return send(client, request);
    }

    static HttpResponse<String> send(HttpClient client, HttpRequest request) {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
        await(vertx.close());
    }
}
