package dev.sandpiper.testkit.clients;

import dev.sandpiper.testkit.history.Reader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One WebSocket connection with one subscription, by the JDK's own client. What it is given goes to its {@link Reader}. */
public final class Subscriber implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();

    /**
     * How a connection ended.
     *
     * @param code of the close frame; 1006 when there was none
     */
    public record Ending(int code, String reason) {}

    private final Reader reader;
    private final CompletableFuture<String> subscribed = new CompletableFuture<>();
    private final CompletableFuture<Ending> ended = new CompletableFuture<>();
    private final WebSocket socket;

    private Subscriber(URI server, String key, Reader reader, Duration patience) {
        this.reader = reader;
        URI uri = URI.create("ws" + server.toString().substring(4) + "/v1/ws");
        this.socket = get(
                "connected to " + uri,
                CLIENT.newWebSocketBuilder()
                        .header("Authorization", "Bearer " + key)
                        .connectTimeout(patience)
                        .buildAsync(uri, new Frames()),
                patience);
    }

    /**
     * Continues where the reader is, or begins with what comes next. Returns once the subscription stands.
     *
     * @throws AssertionError when the server cannot continue there
     */
    public static Subscriber on(URI server, String key, String topic, Reader reader) {
        return on(server, key, topic, reader, PATIENCE);
    }

    /** @param patience for the connection, and again for the subscription */
    public static Subscriber on(URI server, String key, String topic, Reader reader, Duration patience) {
        String cursor = reader.cursor();
        var subscriber = new Subscriber(server, key, reader, patience);
        String since = cursor == null ? "" : ",\"since\":\"" + cursor + '"';
        subscriber.socket.sendText(
                "{\"type\":\"subscribe\",\"id\":\"1\",\"channel\":\"" + topic + '"' + since + '}', true);
        try {
            String answer = get("subscribed", subscriber.subscribed, patience);
            if (!answer.contains("\"recovered\":true")) {
                throw new AssertionError("not resumed: " + answer);
            }
            reader.began(Answer.Members.text(answer, "cursor"));
            return subscriber;
        } catch (AssertionError e) {
            // Nobody else could: what it would still be given would be given to the next connection too.
            subscriber.close();
            throw e;
        }
    }

    public boolean isOpen() {
        return !ended.isDone();
    }

    /** Waits for the end of the connection. */
    public Ending ending() {
        return get("the connection's end", ended, PATIENCE);
    }

    /** Completes when the connection has ended. */
    CompletableFuture<Ending> ended() {
        return ended;
    }

    @Override
    public void close() {
        socket.abort();
        ended.complete(new Ending(0, "closed by the client"));
    }

    private void frame(String json) {
        switch (Answer.Members.text(json, "type")) {
            case "message" -> {
                // The next connection continues where the reader was when this one was given up.
                if (isOpen()) {
                    reader.delivered(Answer.Members.text(json, "data"), Answer.Members.text(json, "cursor"));
                }
            }
            case "subscribed" -> subscribed.complete(json);
            case "error" -> subscribed.completeExceptionally(new AssertionError(json));
            default -> {
                // "connected" and "pong" say nothing that this client waits for.
            }
        }
    }

    private final class Frames implements WebSocket.Listener {
        private final StringBuilder parts = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
            parts.append(text);
            if (last) {
                frame(parts.toString());
                parts.setLength(0);
            }
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            end(new Ending(code, reason));
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            end(new Ending(1006, error.toString()));
        }

        private void end(Ending how) {
            ended.complete(how);
            subscribed.completeExceptionally(new AssertionError("ended before it was subscribed: " + how));
        }
    }

    private static <T> T get(String what, CompletableFuture<T> future, Duration patience) {
        try {
            return future.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new AssertionError("not " + what, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted before " + what, e);
        }
    }
}
