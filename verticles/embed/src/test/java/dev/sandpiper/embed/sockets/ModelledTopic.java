package dev.sandpiper.embed.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.Topic;
import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import dev.sandpiper.runtime.nats.Subjects;
import dev.sandpiper.testkit.Eventually;
import dev.sandpiper.testkit.FaultProxy;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.PurgeOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A topic of a real node, and beside it a list that says what the topic must hold. Whatever is done to the one is done to the
 * other, and every answer is held against the list.
 */
final class ModelledTopic implements AutoCloseable {
    private static final AtomicInteger COUNTER = new AtomicInteger();
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** How a client comes back. */
    enum Way {
        WEBSOCKET,
        EVENT_STREAM,
        LONG_POLL,
        HISTORY
    }

    /** What the list knows of an event. */
    private record Known(String data, String cursor, long sequence) {}

    /** What a client was told on its return, and what it was given then. */
    private record Return(boolean recovered, String reason, List<String> given) {}

    private final TestNode node;
    private final TestProject project;
    private final FaultProxy nats;
    private final JetStreamManagement streams;
    private final Subjects subjects;
    private final RestClient rest;
    private final Topic topic = new Topic("model." + COUNTER.incrementAndGet());
    private final List<Known> events = new ArrayList<>();
    /** The events before this one were trimmed. */
    private int first;

    private @Nullable RawWebSocket live;
    /** How many of the list the live client was given, or may forgo. */
    private int given;

    /** @param nats between the node and its server */
    ModelledTopic(TestNode node, TestProject project, FaultProxy nats, JetStreamManagement streams, Subjects subjects) {
        this.node = node;
        this.project = project;
        this.nats = nats;
        this.streams = streams;
        this.subjects = subjects;
        this.rest = new RestClient(node, project.key());
    }

    void publish(int count) {
        for (int i = 0; i < count; i++) {
            String data = "e" + events.size();
            JsonObject receipt = accepted(data);
            events.add(new Known(data, receipt.getString("cursor"), lastSequence()));
        }
        readLive();
    }

    /** The same key again, as after an answer that got lost. */
    void publishAgain(int pick) {
        int index = indexOf(pick);
        if (index < first) {
            return;
        }
        JsonObject receipt = accepted(events.get(index).data());
        assertThat(receipt.getBoolean("duplicate")).isTrue();
        assertThat(receipt.getString("cursor")).isEqualTo(events.get(index).cursor());
        readLive();
    }

    /** The same key with another event. */
    void publishOtherwise(int pick) {
        int index = indexOf(pick);
        if (index < first) {
            return;
        }
        HttpResponse<String> answer = answered(events.get(index).data(), "something else");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(409);
        readLive();
    }

    /** A client that saw some event last comes back. */
    void resume(int pick, Way way) {
        int index = indexOf(pick);
        if (index < 0) {
            return;
        }
        List<String> after = dataFrom(index + 1);
        Return seen = comeBack(events.get(index).cursor(), way, after.size());
        if (seen.recovered()) {
            assertThat(seen.given()).isEqualTo(after);
            return;
        }
        // Only who missed something that is gone may be told so, and whatever is given then has no gap at its end.
        assertThat(seen.reason()).isEqualTo("trimmed");
        assertThat(index + 1).as("the first event that was missed").isLessThan(first);
        assertThat(after).endsWith(seen.given().toArray(String[]::new));
    }

    /** A client connects, behind the event that it saw last or for what comes next, and stays. */
    void attach(int pick, boolean resuming) {
        detach();
        int index = resuming ? indexOf(pick) : events.size() - 1;
        RawWebSocket socket = RawWebSocket.connect(node.ws(), project.key());
        JsonObject answer = socket.subscribe(
                topic.name(), resuming && index >= 0 ? events.get(index).cursor() : null);
        boolean recovered = answer.getBoolean("recovered");
        assertThat(recovered || index + 1 < first).as(answer.encode()).isTrue();
        live = socket;
        given = recovered ? index + 1 : events.size();
        readLive();
    }

    void detach() {
        RawWebSocket socket = live;
        live = null;
        if (socket != null) {
            socket.close();
        }
    }

    /** The connection between the node and NATS breaks, and is made anew. */
    void breakConnection() {
        nats.reset();
    }

    /** The oldest events go, up to and with this one. */
    void trim(int pick) {
        int index = indexOf(pick);
        if (index < first) {
            return;
        }
        try {
            streams.purgeStream(
                    subjects.stream(),
                    PurgeOptions.builder()
                            .sequence(events.get(index).sequence() + 1)
                            .build());
        } catch (IOException | JetStreamApiException e) {
            throw new AssertionError("not trimmed", e);
        }
        first = index + 1;
    }

    @Override
    public void close() {
        detach();
    }

    private Return comeBack(String cursor, Way way, int count) {
        return switch (way) {
            case WEBSOCKET -> byWebSocket(cursor, count);
            case EVENT_STREAM -> byEventStream(cursor, count);
            case LONG_POLL -> byPages("/v1/poll?timeout=1&topics=" + topic.name(), cursor, count);
            // What was acknowledged is in history at once, whatever happened to connections since.
            case HISTORY -> byPages("/v1/events?limit=3&topic=" + topic.name(), cursor, 0);
        };
    }

    private Return byWebSocket(String cursor, int count) {
        try (RawWebSocket socket = RawWebSocket.connect(node.ws(), project.key())) {
            JsonObject answer = socket.subscribe(topic.name(), cursor);
            boolean recovered = answer.getBoolean("recovered");
            List<String> data = new ArrayList<>();
            for (int i = 0; recovered && i < count; i++) {
                data.add(socket.next().getString("data"));
            }
            return new Return(recovered, answer.getString("reason", ""), data);
        }
    }

    private Return byEventStream(String cursor, int count) {
        try (SseReader stream =
                SseReader.open(node, project.key(), "topics=" + topic.name(), "Last-Event-ID", cursor)) {
            JsonObject answer = stream.next("subscribed").json();
            boolean recovered = answer.getBoolean("recovered");
            List<String> data = new ArrayList<>();
            for (int i = 0; recovered && i < count; i++) {
                data.add(stream.next("message").json().getString("data"));
            }
            return new Return(recovered, answer.getString("reason", ""), data);
        }
    }

    /** Page by page, until one is empty and nothing more is to come. */
    private Return byPages(String path, String cursor, int count) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        List<String> data = new ArrayList<>();
        String since = cursor;
        boolean recovered = true;
        String reason = "";
        while (true) {
            String page = path + "&since=" + since;
            JsonObject answer = new JsonObject(
                    Eventually.get("a page", PATIENCE, () -> rest.get(page), got -> got.statusCode() != 503)
                            .body());
            recovered &= answer.getBoolean("recovered");
            reason = answer.getString("reason", reason);
            since = answer.getString("cursor");
            boolean waiting = recovered && data.size() < count && System.nanoTime() < deadline;
            if (answer.getJsonArray("messages").isEmpty() && !waiting) {
                return new Return(recovered, reason, data);
            }
            answer.getJsonArray("messages").forEach(message -> data.add(((JsonObject) message).getString("data")));
        }
    }

    /** Whatever the live client has not been given yet must come next, in order. */
    private void readLive() {
        RawWebSocket socket = live;
        if (socket == null) {
            return;
        }
        while (given < events.size()) {
            JsonObject message = socket.next();
            assertThat(message.getString("type")).as(message.encode()).isEqualTo("message");
            assertThat(message.getString("data")).isEqualTo(events.get(given).data());
            assertThat(message.getString("cursor")).isEqualTo(events.get(given).cursor());
            given++;
        }
    }

    private JsonObject accepted(String data) {
        HttpResponse<String> answer = answered(data, data);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return new JsonObject(answer.body());
    }

    /** Sent until the event store said something: the connection behind the node may just be broken, by an earlier life too. */
    private HttpResponse<String> answered(String key, String data) {
        return Eventually.get("an answer", PATIENCE, () -> send(key, data), got -> got.statusCode() != 503);
    }

    private HttpResponse<String> send(String key, String data) {
        var body = new JsonObject().put("topic", topic.name()).put("data", data).put("key", topic.name() + key);
        return RestClient.send(rest.request("/v1/events")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.encode()))
                .build());
    }

    private long lastSequence() {
        try {
            return streams.getLastMessage(
                            subjects.stream(), subjects.stored(project.tenant(), project.project(), topic))
                    .getSeq();
        } catch (IOException | JetStreamApiException e) {
            throw new AssertionError("the event that was acknowledged is not there", e);
        }
    }

    private List<String> dataFrom(int index) {
        return events.subList(index, events.size()).stream().map(Known::data).toList();
    }

    /** One of the events that ever were; -1 when there are none. */
    private int indexOf(int pick) {
        return events.isEmpty() ? -1 : pick % events.size();
    }
}
