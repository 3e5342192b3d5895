package dev.sandpiper.embed.http;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A WebSocket of the JDK's that waits for the frames it is told to wait for. */
public final class FrameClient implements AutoCloseable, WebSocket.Listener {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final BlockingQueue<JsonObject> frames = new LinkedBlockingQueue<>();
    private final StringBuilder partial = new StringBuilder();
    private final WebSocket socket;

    public FrameClient(URI uri, String key) {
        socket = CLIENT.newWebSocketBuilder()
                .header("Authorization", "Bearer " + key)
                .buildAsync(uri, this)
                .join();
    }

    /** Sends {@code text} and returns the next frame of a type. */
    public JsonObject ask(String text, String type) throws InterruptedException {
        socket.sendText(text, true).join();
        JsonObject frame = frames.poll(10, TimeUnit.SECONDS);
        while (frame != null && !frame.getString("type").equals(type)) {
            frame = frames.poll(10, TimeUnit.SECONDS);
        }
        if (frame == null) {
            throw new AssertionError("no " + type + " frame within 10 s");
        }
        return frame;
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
    public void close() {
        socket.abort();
    }
}
