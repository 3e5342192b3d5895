package dev.sandpiper.embed.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.embed.TestNode;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A worker of a durable consumer on a WebSocket of the JDK's. */
final class SocketWorker implements AutoCloseable, WebSocket.Listener {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final long PATIENCE_MILLIS = 15_000;

    private final BlockingQueue<JsonObject> frames = new LinkedBlockingQueue<>();
    private final Deque<JsonObject> passedOver = new ArrayDeque<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final StringBuilder partial = new StringBuilder();
    private final boolean reads;
    private final WebSocket socket;

    private SocketWorker(TestNode node, String key, boolean reads) {
        this.reads = reads;
        this.socket = CLIENT.newWebSocketBuilder()
                .header("Authorization", "Bearer " + key)
                .buildAsync(node.ws(), this)
                .join();
    }

    /** Connected, and nothing more. */
    static SocketWorker connect(TestNode node, String key) {
        var worker = new SocketWorker(node, key, true);
        worker.next("connected");
        return worker;
    }

    /** Connected, but it reads no frame before {@link #readOn}. */
    static SocketWorker connectDeaf(TestNode node, String key) {
        return new SocketWorker(node, key, false);
    }

    /** Connected, and working for a consumer. */
    static SocketWorker of(TestNode node, String key, String consumer, int credit) {
        SocketWorker worker = connect(node, key);
        worker.consume(consumer, credit);
        JsonObject consuming = worker.next("consuming");
        assertThat(consuming.getString("consumer")).isEqualTo(consumer);
        assertThat(consuming.getInteger("credit")).isEqualTo(credit);
        return worker;
    }

    SocketWorker consume(String consumer, int credit) {
        return send(new JsonObject()
                .put("type", "consume")
                .put("id", "c")
                .put("consumer", consumer)
                .put("credit", credit));
    }

    SocketWorker send(JsonObject frame) {
        return send(frame.encode());
    }

    SocketWorker send(String text) {
        socket.sendText(text, true).join();
        return this;
    }

    /** The next frame of any type; null when there is none in so many milliseconds. */
    @Nullable
    JsonObject poll(long millis) {
        return passedOver.isEmpty() ? receive(millis) : passedOver.removeFirst();
    }

    private @Nullable JsonObject receive(long millis) {
        try {
            return frames.poll(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** The next frame of this type; others that come before it are still to be read. */
    JsonObject next(String type) {
        for (JsonObject frame : passedOver) {
            if (frame.getString("type").equals(type)) {
                passedOver.remove(frame);
                return frame;
            }
        }
        for (JsonObject frame = receive(PATIENCE_MILLIS); frame != null; frame = receive(PATIENCE_MILLIS)) {
            if (frame.getString("type").equals(type)) {
                return frame;
            }
            passedOver.addLast(frame);
        }
        throw new AssertionError("no frame of type " + type + ", but " + passedOver);
    }

    /** Nothing comes for a while. */
    void hearsNothing(long millis) {
        assertThat(poll(millis)).isNull();
    }

    SocketWorker say(String word, JsonObject delivery, String... members) {
        JsonObject frame = new JsonObject()
                .put("type", word)
                .put("id", word)
                .put("consumer", delivery.getString("consumer"))
                .put("token", delivery.getString("token"));
        for (int i = 0; i < members.length; i += 2) {
            frame.put(members[i], members[i + 1]);
        }
        return send(frame);
    }

    /** And waits for the confirmation. */
    JsonObject acknowledge(JsonObject delivery) {
        JsonObject confirmed = say("ack", delivery).next("confirmed");
        assertThat(confirmed.getString("id")).isEqualTo("ack");
        assertThat(confirmed.getString("token")).isEqualTo(delivery.getString("token"));
        return confirmed;
    }

    /** Says something that is refused, with this name. */
    void refused(String name, String word, JsonObject delivery) {
        JsonObject error = say(word, delivery).next("error");
        assertThat(error.getString("name")).as(error.encode()).isEqualTo(name);
        assertThat(error.getString("id")).isEqualTo(word);
        assertThat(error.getString("token")).isEqualTo(delivery.getString("token"));
        assertThat(error.getString("consumer")).isEqualTo(delivery.getString("consumer"));
    }

    void readOn() {
        socket.request(Long.MAX_VALUE);
    }

    /** Leaves in order. */
    void leave() {
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
        closeCode();
    }

    /** The connection breaks. */
    void die() {
        socket.abort();
    }

    /** What the server closed with. */
    int closeCode() {
        return closed.orTimeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS).join();
    }

    @Override
    public void onOpen(WebSocket webSocket) {
        if (reads) {
            webSocket.request(1);
        }
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
        partial.append(data);
        if (last) {
            frames.add(new JsonObject(partial.toString()));
            partial.setLength(0);
        }
        if (reads) {
            webSocket.request(1);
        }
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
        closed.complete(statusCode);
        return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
        closed.complete(-1);
    }

    @Override
    public void close() {
        socket.abort();
    }
}
