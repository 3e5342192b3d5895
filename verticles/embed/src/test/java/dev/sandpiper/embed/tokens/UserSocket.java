package dev.sandpiper.embed.tokens;

import dev.sandpiper.embed.TestNode;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A WebSocket of a user, with every frame that came and the code that it was closed with. */
final class UserSocket implements AutoCloseable, WebSocket.Listener {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final BlockingQueue<JsonObject> frames = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final StringBuilder partial = new StringBuilder();
    private final WebSocket socket;

    UserSocket(TestNode node, String credential) {
        socket = CLIENT.newWebSocketBuilder()
                .header("Authorization", "Bearer " + credential)
                .buildAsync(node.ws(), this)
                .join();
        next("connected");
    }

    void send(JsonObject frame) {
        socket.sendText(frame.encode(), true).join();
    }

    /** The next frame of a type; others that come before it are passed over. */
    JsonObject next(String type) {
        try {
            JsonObject frame = frames.poll(15, TimeUnit.SECONDS);
            while (frame != null && !frame.getString("type").equals(type)) {
                frame = frames.poll(15, TimeUnit.SECONDS);
            }
            if (frame == null) {
                throw new AssertionError("no " + type + " frame");
            }
            return frame;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    JsonObject ask(JsonObject frame, String type) {
        send(frame);
        return next(type);
    }

    /** The name of the error with which a frame is refused. */
    String refusal(JsonObject frame) {
        return ask(frame, "error").getString("name");
    }

    int closeCode() {
        return closed.orTimeout(15, TimeUnit.SECONDS).join();
    }

    boolean isClosed() {
        return closed.isDone();
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
        partial.append(data);
        if (last) {
            frames.add(new JsonObject(partial.toString()));
            partial.setLength(0);
        }
        webSocket.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
        closed.complete(statusCode);
        return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
        closed.completeExceptionally(error);
    }

    @Override
    public void close() {
        socket.abort();
    }
}
