package dev.sandpiper.launcher;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Speaks just enough of the wire protocol for a benchmark, and loses one delivery. */
final class LossyServer implements AutoCloseable {
    private static final int LOST = 10;

    private final Vertx vertx = Vertx.vertx();
    private final List<ServerWebSocket> subscribers = new ArrayList<>();
    private final int port;
    private int deliveries;

    LossyServer() throws Exception {
        this.port = vertx.createHttpServer()
                .webSocketHandler(socket -> socket.textMessageHandler(text -> subscribe(socket, new JsonObject(text))))
                .requestHandler(request -> request.bodyHandler(body -> publish(request, body.toJsonObject())))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS)
                .actualPort();
    }

    int port() {
        return port;
    }

    private void subscribe(ServerWebSocket socket, JsonObject frame) {
        subscribers.add(socket);
        socket.writeTextMessage("{\"type\":\"subscribed\",\"channel\":\"" + frame.getString("channel")
                + "\",\"cursor\":\"1\",\"recovered\":true}");
    }

    private void publish(HttpServerRequest request, JsonObject event) {
        for (ServerWebSocket subscriber : subscribers) {
            if (++deliveries != LOST) {
                subscriber.writeTextMessage("{\"type\":\"message\",\"channel\":\"" + event.getString("topic")
                        + "\",\"data\":" + event.getJsonObject("data") + "}");
            }
        }
        request.response().setStatusCode(201).end("{\"cursor\":\"1\"}");
    }

    @Override
    public void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
}
