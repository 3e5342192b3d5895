package dev.sandpiper.launcher.client;

import dev.sandpiper.launcher.cli.CommandFailure;
import dev.sandpiper.launcher.cli.Console;
import dev.sandpiper.launcher.cli.ExitCode;
import dev.sandpiper.launcher.client.SocketFrames.Frame;
import io.vertx.core.json.JsonObject;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One connection after the other, each continuing where the last one ended. */
final class SubscribeSession {
    private static final Duration CONNECT = Duration.ofSeconds(10);

    /** Printed events after which they are acknowledged even though more are waiting. */
    private static final int ACK_EVERY = 100;

    private final Server server;
    private final List<String> topics;
    private final JsonObject range;
    private final long count;
    private final Map<String, String> cursors = new HashMap<>();
    private final Set<String> ended = new HashSet<>();
    private final boolean acknowledges;
    /** Topics that the server knows where to continue. */
    private final Set<String> begun = new HashSet<>();

    private final Map<String, String> unacked = new HashMap<>();
    private long printed;

    /** @param range members of every subscribe frame beside the topic and the cursor; where to begin is left out once there is one */
    SubscribeSession(Server server, List<String> topics, @Nullable String since, JsonObject range, long count) {
        this.server = server;
        this.topics = topics;
        this.range = range;
        this.count = count;
        this.acknowledges = range.getBoolean("ack", false);
        if (since != null) {
            topics.forEach(topic -> cursors.put(topic, since));
        }
    }

    /**
     * Until enough events were printed, or every topic has ended.
     *
     * @throws CommandFailure when the server will not have us
     */
    int run() throws InterruptedException {
        boolean everConnected = false;
        for (int failures = 0; ; ) {
            SocketFrames frames = new SocketFrames();
            try {
                WebSocket socket = connect(frames);
                everConnected = true;
                failures = 0;
                if (relay(frames, socket)) {
                    return ExitCode.DONE;
                }
                Console.ERR.println("sandpiper: the connection ended (" + frames.ending() + "); coming back");
            } catch (ExecutionException | TimeoutException e) {
                refuseWhatIsFinal(e);
                if (!everConnected) {
                    throw server.unreachable();
                }
            }
            failures++;
            long millis = Math.min(100L << Math.min(failures, 7), 5_000);
            TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextLong(millis / 2, millis + 1));
        }
    }

    private WebSocket connect(SocketFrames frames) throws ExecutionException, TimeoutException, InterruptedException {
        WebSocket socket = server.http()
                .newWebSocketBuilder()
                .connectTimeout(CONNECT)
                .header("Authorization", server.authorization())
                .buildAsync(server.webSocket(), frames)
                .get(CONNECT.toSeconds(), TimeUnit.SECONDS);
        for (int i = 0; i < topics.size(); i++) {
            String topic = topics.get(i);
            if (ended.contains(topic)) {
                continue;
            }
            JsonObject frame = range.copy()
                    .put("type", "subscribe")
                    .put("id", Integer.toString(i))
                    .put("channel", topic);
            String cursor = cursors.get(topic);
            if (cursor != null) {
                frame.put("since", cursor);
            }
            if (cursor != null || begun.contains(topic)) {
                frame.remove("from");
                frame.remove("last");
            }
            send(socket, frame);
        }
        return socket;
    }

    private static void send(WebSocket socket, JsonObject frame)
            throws ExecutionException, TimeoutException, InterruptedException {
        socket.sendText(frame.encode(), true).get(CONNECT.toSeconds(), TimeUnit.SECONDS);
    }

    /** Says what was printed. What is not said in time is printed again by whoever comes next under the name. */
    private void acknowledge(WebSocket socket) throws ExecutionException, TimeoutException, InterruptedException {
        for (Map.Entry<String, String> entry : unacked.entrySet()) {
            send(
                    socket,
                    new JsonObject()
                            .put("type", "ack")
                            .put("channel", entry.getKey())
                            .put("cursor", entry.getValue()));
        }
        unacked.clear();
    }

    /**
     * Until the connection ends.
     *
     * @return true when enough was printed
     */
    private boolean relay(SocketFrames frames, WebSocket socket)
            throws ExecutionException, TimeoutException, InterruptedException {
        unacked.clear();
        for (Frame frame = frames.take(); frame != null; frame = frames.take()) {
            JsonObject json = frame.json();
            switch (json.getString("type", "")) {
                case "message" -> {
                    Console.OUT.println(frame.line());
                    printed++;
                    remember(json);
                    boolean enough = printed == count;
                    if (acknowledges && (enough || printed % ACK_EVERY == 0 || frames.isEmpty())) {
                        acknowledge(socket);
                    }
                    if (enough) {
                        return true;
                    }
                }
                case "subscribed" -> opened(json);
                case "position" -> remember(json);
                case "end" -> {
                    ended.add(json.getString("channel"));
                    if (ended.size() == topics.size()) {
                        return true;
                    }
                }
                case "error" -> refused(json);
                default -> {
                    // connected, pong: nothing to show
                }
            }
        }
        int code = frames.closeCode();
        if (code >= 4_500 && code < 5_000) {
            throw CommandFailure.of("The server closed the connection for good: " + frames.ending());
        }
        return false;
    }

    private void remember(JsonObject message) {
        String cursor = message.getString("cursor");
        if (cursor == null) {
            return;
        }
        // The server remembers where a subscriber with a name continues.
        (acknowledges ? unacked : cursors).put(message.getString("channel"), cursor);
    }

    private void opened(JsonObject subscribed) {
        String topic = subscribed.getString("channel");
        boolean resumed = acknowledges ? subscribed.getBoolean("resumed", false) : cursors.containsKey(topic);
        if (resumed && !subscribed.getBoolean("recovered", true)) {
            Console.ERR.println("sandpiper: events of " + topic + " are missing here: "
                    + subscribed.getString("reason", "unknown reason"));
        }
        String cursor = subscribed.getString("cursor");
        // After a resume the messages in between are still to come; their cursors tell how far we are.
        if (acknowledges) {
            cursors.remove(topic);
            begun.add(topic);
        } else if (cursor != null && !(resumed && subscribed.getBoolean("recovered", true))) {
            cursors.put(topic, cursor);
        }
    }

    private static void refused(JsonObject error) {
        String sentence = error.getString("message") + " (" + error.getString("name") + ")";
        if (error.getValue("retry_after") == null) {
            throw CommandFailure.of(sentence);
        }
        Console.ERR.println("sandpiper: " + sentence);
    }

    /** An answer that coming back will not change. */
    private void refuseWhatIsFinal(Exception failure) {
        if (failure.getCause() instanceof WebSocketHandshakeException handshake) {
            int status = handshake.getResponse().statusCode();
            if (status == 401 || status == 403) {
                throw CommandFailure.of(
                        "The server does not accept the API key (HTTP " + status + "); check SANDPIPER_KEY");
            }
            if (status < 500 && status != 429) {
                throw CommandFailure.of(
                        "What answers at " + server.address() + " does not open a WebSocket: it said HTTP " + status);
            }
        }
    }
}
