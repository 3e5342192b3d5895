package dev.sandpiper.tokens;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** An issuer's server that does whatever a test wants, and counts how often it is asked. */
final class KeyServer implements AutoCloseable {
    private final Vertx vertx = Vertx.vertx();
    private final AtomicInteger requests = new AtomicInteger();
    private final HttpServer server;
    private final String scheme;
    private volatile Consumer<HttpServerRequest> behaviour =
            request -> request.response().setStatusCode(500).end();

    KeyServer() {
        this(new HttpServerOptions());
    }

    KeyServer(HttpServerOptions options) {
        scheme = options.isSsl() ? "https" : "http";
        server = TokenWorld.await(vertx.createHttpServer(options)
                .requestHandler(request -> {
                    requests.incrementAndGet();
                    behaviour.accept(request);
                })
                .listen(0, "127.0.0.1"));
    }

    void behave(Consumer<HttpServerRequest> wanted) {
        behaviour = wanted;
    }

    /** Answers with a document from now on. */
    void answer(String body) {
        behave(request -> request.response().end(body));
    }

    int requests() {
        return requests.get();
    }

    URI url() {
        return URI.create(scheme + "://127.0.0.1:" + server.actualPort() + "/keys.json");
    }

    @Override
    public void close() {
        TokenWorld.await(vertx.close());
    }
}
