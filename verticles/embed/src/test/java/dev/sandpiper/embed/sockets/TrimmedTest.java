package dev.sandpiper.embed.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.Scope;
import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import dev.sandpiper.testkit.Eventually;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Retention removed events of one topic: every transport says so, and from where on nothing is missing. */
class TrimmedTest {
    private static final int KEPT = 5;

    private final TestNode node = TestNode.shared();
    private final TestProject project = node.createProject();
    private final RestClient rest = new RestClient(node, project.key());
    private final List<String> cursors = new ArrayList<>();

    @BeforeEach
    void trim() {
        rest.publish("other", "the stream begins before what is trimmed");
        for (int i = 0; i < 20; i++) {
            cursors.add(rest.publish("a", i).getString("cursor"));
        }
        HttpResponse<String> limited =
                RestClient.send(HttpRequest.newBuilder(URI.create(node.http() + "/v1/admin/retention?project=main"))
                        .header("Authorization", "Bearer " + project.key(Scope.ADMIN_WRITE))
                        .PUT(HttpRequest.BodyPublishers.ofString("{\"max_events\":" + KEPT + "}"))
                        .build());
        assertThat(limited.statusCode()).as(limited.body()).isEqualTo(200);
        Eventually.await("the janitor has been there", Duration.ofSeconds(40), () -> messages() == KEPT);
    }

    private int messages() {
        return new JsonObject(rest.get("/v1/events?topic=a").body())
                .getJsonArray("messages")
                .size();
    }

    private String oldest() {
        return cursors.get(cursors.size() - KEPT - 1);
    }

    private void assertTrimmed(JsonObject answer) {
        assertThat(answer.getBoolean("recovered")).as(answer.encode()).isFalse();
        assertThat(answer.getString("reason")).isEqualTo("trimmed");
        assertThat(answer.getString("oldest")).isEqualTo(oldest());
    }

    @Test
    void onAWebSocket() {
        try (RawWebSocket socket = RawWebSocket.connect(node.ws(), project.key())) {
            assertTrimmed(socket.subscribe("a", cursors.get(2)));
        }
        try (RawWebSocket socket = RawWebSocket.connect(node.ws(), project.key())) {
            assertThat(socket.subscribe("a", oldest()).getBoolean("recovered")).isTrue();
            for (int i = 15; i < 20; i++) {
                assertThat(socket.next().getInteger("data")).isEqualTo(i);
            }
        }
    }

    @Test
    void aSubscriberWithANameIsToldAndGetsWhatIsLeft() {
        try (AckClient client = new AckClient(node, project.key(), "a")) {
            // Where a frame says that it begins, reading goes on live, as without a name.
            JsonObject told = client.subscribe("s", new JsonObject().put("since", cursors.get(2)));
            assertTrimmed(told);
            assertThat(told.getBoolean("resumed")).isFalse();
            assertThat(client.isQuiet()).isTrue();
        }
        for (int visit = 0; visit < 2; visit++) {
            // Again and again, until something is acknowledged.
            try (AckClient client = new AckClient(node, project.key(), "a")) {
                JsonObject resumed = client.resume("s");
                assertTrimmed(resumed);
                assertThat(resumed.getBoolean("resumed")).isTrue();
                assertThat(client.numbers(KEPT)).containsExactly(15, 16, 17, 18, 19);
            }
        }
        try (AckClient client = new AckClient(node, project.key(), "a")) {
            client.resume("s");
            client.ack(client.take(KEPT).get(1).getString("cursor"));
        }
        try (AckClient client = new AckClient(node, project.key(), "a")) {
            assertThat(client.resume("s").getBoolean("recovered")).isTrue();
            assertThat(client.numbers(3)).containsExactly(17, 18, 19);
        }
    }

    @Test
    void onAnEventStream() {
        try (SseReader stream = SseReader.open(node, project.key(), "topics=a", "Last-Event-ID", cursors.get(2))) {
            assertTrimmed(stream.next("subscribed").json());
        }
        try (SseReader stream = SseReader.open(node, project.key(), "topics=a", "Last-Event-ID", oldest())) {
            assertThat(stream.next("subscribed").json().getBoolean("recovered")).isTrue();
            assertThat(stream.next("message").json().getInteger("data")).isEqualTo(15);
        }
    }

    @Test
    void onALongPollAndInHistory() {
        assertTrimmed(rest.polled("a", cursors.get(2), 0));
        assertThat(rest.polled("a", oldest(), 0).getJsonArray("messages")).hasSize(KEPT);
        assertTrimmed(new JsonObject(
                rest.get("/v1/events?topic=a&since=" + cursors.get(2)).body()));
        // The other topic went first, being older.
        assertThat(rest.polled("a,other", oldest(), 0).getBoolean("recovered")).isTrue();
    }
}
