package dev.sandpiper.embed.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.Scope;
import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import dev.sandpiper.testkit.Eventually;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SseTest {
    private static final TestNode NODE = TestNode.start(Map.of("SOCKETS_SSE_COMMENT_INTERVAL", "200ms"));

    private final TestProject project = NODE.createProject();
    private final RestClient rest = new RestClient(NODE, project.key());

    @AfterAll
    static void stop() {
        NODE.close();
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void aStreamBeginsWithWhereItStandsAndGoesOnWithEvents(HttpClient.Version version) {
        try (SseReader stream = SseReader.open(NODE, project.key(), version, "topics=a,b")) {
            assertThat(stream.response().statusCode()).isEqualTo(200);
            assertThat(stream.response().version()).isEqualTo(version);
            var headers = stream.response().headers();
            assertThat(headers.firstValue("Content-Type")).hasValue("text/event-stream");
            assertThat(headers.firstValue("X-Accel-Buffering")).hasValue("no");
            assertThat(headers.firstValue("Cache-Control"))
                    .hasValueSatisfying(
                            value -> assertThat(value).contains("no-cache").contains("no-transform"));
            assertThat(Objects.requireNonNull(stream.next()).retry()).isEqualTo("2000");
            SseReader.Event subscribed = Objects.requireNonNull(stream.next());
            assertThat(subscribed.type()).isEqualTo("subscribed");
            assertThat(subscribed.json().getJsonArray("channels")).isEqualTo(JsonArray.of("a", "b"));
            assertThat(subscribed.json().getBoolean("recovered")).isTrue();
            assertThat(subscribed.id()).isEqualTo(subscribed.json().getString("cursor"));

            JsonObject receipt = rest.publish("b", new JsonObject().put("line", "one\ntwo"));
            SseReader.Event event = stream.next("message");
            assertThat(event.id()).isEqualTo(receipt.getString("cursor"));
            assertThat(event.json().getString("channel")).isEqualTo("b");
            assertThat(event.json().getJsonObject("data").getString("line")).isEqualTo("one\ntwo");
        }
    }

    @Test
    void aQuietStreamIsKeptAliveByComments() {
        try (SseReader stream = SseReader.subscribed(NODE, project.key(), "topics=quiet")) {
            assertThat(Objects.requireNonNull(stream.next()).comment()).isTrue();
            assertThat(Objects.requireNonNull(stream.next()).comment()).isTrue();
        }
    }

    @Test
    void theLastEventIdWinsOverSince() {
        rest.publish("a", 0);
        String first = rest.publish("a", 1).getString("cursor");
        String second = rest.publish("a", 2).getString("cursor");
        rest.publish("a", 3);
        try (SseReader stream = SseReader.open(NODE, project.key(), "topics=a&since=" + first)) {
            assertThat(stream.next("message").json().getInteger("data")).isEqualTo(2);
        }
        try (SseReader stream =
                SseReader.open(NODE, project.key(), "topics=a&since=" + first, "Last-Event-ID", second)) {
            assertThat(stream.next("message").json().getInteger("data")).isEqualTo(3);
        }
        try (SseReader stream =
                SseReader.open(NODE, project.key(), "topics=a&from=2026-01-01T00:00:00Z", "Last-Event-ID", second)) {
            assertThat(stream.next("message").json().getInteger("data")).isEqualTo(3);
        }
    }

    @Test
    void aStreamMayBeginAtATime() {
        rest.publish("a", 1);
        try (SseReader stream = SseReader.open(NODE, project.key(), "topics=a&from=2026-01-01T00:00:00Z")) {
            assertThat(stream.next("message").json().getInteger("data")).isEqualTo(1);
        }
    }

    @Test
    void aTopicWithCommasHasAParameterOfItsOwn() {
        try (SseReader stream = SseReader.subscribed(NODE, project.key(), "topic=" + RestClient.encode("a,b;c=1&ü"))) {
            rest.publish("a,b;c=1&ü", 7);
            assertThat(stream.next("message").json().getInteger("data")).isEqualTo(7);
        }
    }

    @Test
    void aTicketOpensAStream() {
        var request =
                HttpRequest.newBuilder(URI.create(NODE.http() + "/v1/poll?topics=a&timeout=0&ticket=" + rest.ticket()));
        assertThat(RestClient.send(request.build()).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | 400 | INVALID_PARAMETER",
                "topics= | 400 | INVALID_PARAMETER",
                "topics=a,,b | 400 | INVALID_TOPIC",
                "topics=a* | 400 | INVALID_TOPIC",
                "topics=a&since=nonsense | 400 | INVALID_CURSOR",
                "topics=a&from=yesterday | 400 | INVALID_PARAMETER",
                "topics=a&topics=b | 400 | INVALID_PARAMETER",
                "topics=a&topic=b | 400 | INVALID_PARAMETER",
                "topics=a&tpoic=b | 400 | INVALID_PARAMETER",
                "topics=a&since=x&from=2026-01-01T00:00:00Z | 400 | INVALID_PARAMETER",
            })
    void aFaultBeforeTheStreamStartsIsAnOrdinaryHttpError(String query, int status, String code) {
        for (String path : new String[] {"/v1/sse?", "/v1/poll?"}) {
            var answer = rest.get(path + query);
            assertThat(answer.statusCode()).isEqualTo(status);
            assertThat(code(answer.body())).isEqualTo(code);
        }
    }

    @Test
    void moreThanAHundredTopicsAreRefused() {
        var answer = rest.get("/v1/sse?topics=a" + ",a".repeat(10) + topics(101));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(code(answer.body())).isEqualTo("TOO_MANY_SUBSCRIPTIONS");
    }

    @Test
    void credentialsAreAskedForBeforeTheStreamStarts() {
        for (String path : new String[] {"/v1/sse?topics=a", "/v1/poll?topics=a"}) {
            var without = RestClient.send(
                    HttpRequest.newBuilder(URI.create(NODE.http() + path)).build());
            assertThat(without.statusCode()).isEqualTo(401);
            assertThat(code(without.body())).isEqualTo("MISSING_CREDENTIALS");
            var publisher = new RestClient(NODE, project.key(Scope.EVENTS_PUBLISH)).get(path);
            assertThat(publisher.statusCode()).isEqualTo(403);
            assertThat(code(publisher.body())).isEqualTo("INSUFFICIENT_SCOPE");
        }
    }

    @Test
    void aClientThatLeavesIsForgotten() {
        int before = Gauges.connections(NODE, "sse");
        SseReader stream = SseReader.subscribed(NODE, project.key(), "topics=a");
        assertThat(Gauges.connections(NODE, "sse")).isEqualTo(before + 1);
        stream.close();
        Eventually.await("the stream is gone", () -> Gauges.connections(NODE, "sse") == before);
    }

    private static String topics(int count) {
        var list = new StringBuilder();
        for (int i = 0; i < count; i++) {
            list.append(",t").append(i);
        }
        return list.toString();
    }

    static String code(String body) {
        return new JsonObject(body).getJsonObject("error").getString("code");
    }
}
