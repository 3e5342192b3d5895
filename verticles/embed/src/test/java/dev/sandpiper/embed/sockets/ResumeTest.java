package dev.sandpiper.embed.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** One cursor on every transport, while events keep coming. */
class ResumeTest {
    private final TestNode node = TestNode.shared();
    private final TestProject project = node.createProject();
    private final RestClient rest = new RestClient(node, project.key());

    @Test
    void aClientMayChangeTransportsWithoutGapOrRepetition() {
        String cursor = rest.polled("a", null, 0).getString("cursor");
        var enough = new AtomicBoolean();
        var publishing = CompletableFuture.supplyAsync(() -> {
            int count = 0;
            while (!enough.get()) {
                rest.publish("a", count++);
            }
            return count;
        });
        List<Integer> received = new ArrayList<>();
        for (int round = 0; round < 4; round++) {
            cursor = webSocket(cursor, 20, received);
            cursor = stream(cursor, 20, received);
            cursor = polls(cursor, 20, received);
        }
        cursor = webSocket(cursor, 20, received);
        enough.set(true);
        int published = publishing.join();
        while (received.size() < published) {
            cursor = polls(cursor, 1, received);
        }
        assertThat(received)
                .containsExactlyElementsOf(IntStream.range(0, published).boxed().toList());
    }

    private String webSocket(String since, int count, List<Integer> received) {
        String cursor = since;
        try (RawWebSocket socket = RawWebSocket.connect(node.ws(), project.key())) {
            JsonObject subscribed = socket.subscribe("a", since);
            assertThat(subscribed.getBoolean("recovered"))
                    .as(subscribed.encode())
                    .isTrue();
            for (int i = 0; i < count; i++) {
                JsonObject message = socket.next();
                received.add(message.getInteger("data"));
                cursor = message.getString("cursor");
            }
        }
        return cursor;
    }

    private String stream(String since, int count, List<Integer> received) {
        String cursor = since;
        try (SseReader stream = SseReader.open(node, project.key(), "topics=a", "Last-Event-ID", since)) {
            for (int i = 0; i < count; i++) {
                SseReader.Event event = stream.next("message");
                received.add(event.json().getInteger("data"));
                cursor = event.json().getString("cursor");
            }
        }
        return cursor;
    }

    private String polls(String since, int count, List<Integer> received) {
        String cursor = since;
        for (int i = 0; i < count; ) {
            JsonObject answer = rest.polled("a", cursor, 10);
            assertThat(answer.getBoolean("recovered")).isTrue();
            JsonArray messages = answer.getJsonArray("messages");
            messages.forEach(m -> received.add(((JsonObject) m).getInteger("data")));
            i += messages.size();
            cursor = answer.getString("cursor");
        }
        return cursor;
    }
}
