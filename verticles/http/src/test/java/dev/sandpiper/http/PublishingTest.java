package dev.sandpiper.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.testkit.Eventually;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublishingTest {
    private static Listener listener;

    @BeforeAll
    static void listen() {
        listener = Listener.with();
    }

    @AfterAll
    static void close() {
        listener.close();
    }

    @AfterEach
    void mend() {
        listener.events.failWith(null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/events", "/events", "/v1/events?", "/v1/events?ticket="})
    void answersAnEventWithItsReceipt(String path) {
        HttpResponse<String> answer = listener.post(path, "{\"topic\":\"t\",\"event\":\"e\",\"data\":{\"a\": 1}}");
        assertThat(answer.statusCode()).isEqualTo(201);
        StoredEvent stored = last();
        assertThat(answer.body())
                .isEqualTo("{\"id\":\"" + stored.id() + "\",\"topic\":\"t\",\"cursor\":\""
                        + Listener.CURSORS.encode(stored.tenant(), stored.project(), new Cursor(1, stored.sequence()))
                        + "\",\"duplicate\":false,\"class\":\"durable\",\"durability\":\"memory\"}");
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
        assertThat(answer.headers().firstValue("x-request-id"))
                .hasValueSatisfying(id -> assertThat(id).matches("req_[0-9a-z]{12}"));
        assertThat(new String(stored.data(), StandardCharsets.UTF_8)).isEqualTo("{\"a\": 1}");
        assertThat(stored.tenant().value()).isEqualTo("ann");
    }

    @Test
    void waitsForACredentialThatIsNotCached() {
        HttpResponse<String> answer = listener.send(listener.request("/v1/events")
                .setHeader("Authorization", "Bearer slow")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"topic\":\"slow\",\"data\":\"" + "x".repeat(100_000) + "\"}"))
                .build());
        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(last().data()).hasSize(100_002);
    }

    @Test
    void takesTheKeyFromTheBodyOrTheHeader() {
        String body = "{\"topic\":\"t\",\"data\":1}";
        HttpResponse<String> first = listener.post("/v1/events", body, "Idempotency-Key", "k1");
        HttpResponse<String> second = listener.post("/v1/events", body, "Idempotency-Key", "k1");
        HttpResponse<String> third = listener.post("/v1/events", "{\"topic\":\"t\",\"data\":1,\"key\":\"k1\"}");
        assertThat(first.statusCode()).isEqualTo(201);
        assertThat(second.statusCode()).isEqualTo(201);
        assertThat(second.body()).isEqualTo(first.body().replace("\"duplicate\":false", "\"duplicate\":true"));
        assertThat(third.body()).isEqualTo(second.body());
        assertThat(listener.post("/v1/events", "{\"topic\":\"t\",\"data\":2,\"key\":\"k1\"}")
                        .statusCode())
                .isEqualTo(409);
        assertThat(listener.post("/v1/events", "{\"topic\":\"t\",\"data\":1,\"key\":\"k2\"}", "Idempotency-Key", "k1")
                        .body())
                .contains("INVALID_PARAMETER", "key and the Idempotency-Key header are different");
    }

    @Test
    void takesAnyOtherTypeAsBinary() {
        byte[] payload = {0, 1, (byte) 0xff};
        HttpResponse<String> answer =
                listener.send(listener.request("/v1/events?topic=b%C3%A4&event=e&class=exactly-once&key=b1")
                        .header("Content-Type", "image/png")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(payload))
                        .build());
        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(answer.body()).contains("\"topic\":\"bä\"", "\"class\":\"exactly-once\"");
        assertThat(last().data()).isEqualTo(payload);
        assertThat(last().contentType()).isEqualTo("image/png");
        assertThat(last().event()).isEqualTo("e");
    }

    @Test
    void takesTheHeadersOfABinaryEventFromHeaders() {
        HttpResponse<String> answer = listener.send(listener.request("/v1/events?topic=t")
                .header("Content-Type", "text/plain")
                .header("Sandpiper-Header-Priority", "high")
                .header("sandpiper-header-trace.id_1", " t: 1 ")
                .header("Sandpiper-Headers", "no prefix")
                .POST(HttpRequest.BodyPublishers.ofString("hello"))
                .build());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        assertThat(last().headers().asMap()).isEqualTo(Map.of("priority", "high", "trace.id_1", "t: 1"));
    }

    @Test
    void readsTheHeadersOfABinaryEventAsUtf8() throws IOException {
        String request = """
                POST /v1/events?topic=t HTTP/1.1
                Host: a
                Authorization: Bearer ann
                Content-Type: text/plain
                Sandpiper-Header-Where: größer 🎉
                Sandpiper-Header-Empty:
                Content-Length: 1

                x""".replace("\n", "\r\n");
        try (var client = new RawClient(listener.port())) {
            assertThat(client.send(request.getBytes(StandardCharsets.UTF_8)).answer())
                    .startsWith("HTTP/1.1 201");
        }
        assertThat(last().headers().asMap()).isEqualTo(Map.of("where", "größer 🎉", "empty", ""));
    }

    @ParameterizedTest
    @CsvSource({
        "Sandpiper-Header-a+b, v, /headers/a+b",
        "Sandpiper-Header-, v, /headers/",
        "Sandpiper-Header-a, 'a\tb', /headers/a",
    })
    void saysWhichHeaderOfABinaryEventIsWrong(String name, String value, String pointer) {
        HttpResponse<String> answer = listener.send(listener.request("/v1/events?topic=t")
                .header("Content-Type", "text/plain")
                .header(name, value)
                .POST(HttpRequest.BodyPublishers.ofString("hello"))
                .build());
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("\"INVALID_HEADERS\"", "\"pointer\":\"" + pointer + "\"");
    }

    @Test
    void refusesAHeaderOfABinaryEventThatStandsThereTwice() {
        HttpResponse<String> answer = listener.send(listener.request("/v1/events?topic=t")
                .header("Content-Type", "text/plain")
                .header("Sandpiper-Header-A", "1")
                .header("Sandpiper-Header-A", "2")
                .POST(HttpRequest.BodyPublishers.ofString("hello"))
                .build());
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("\"INVALID_HEADERS\"", "/headers/a stands there twice");
    }

    @Test
    void takesTheTopicOfABinaryEventFromAHeader() {
        HttpResponse<String> answer = listener.send(listener.request("/v1/events")
                .header("Content-Type", "text/plain")
                .header("Sandpiper-Topic", "headers")
                .header("Sandpiper-Event", "e")
                .POST(HttpRequest.BodyPublishers.ofString("hello"))
                .build());
        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(last().topic().name()).isEqualTo("headers");
    }

    @Test
    void answersABatchItemByItem() {
        HttpResponse<String> answer = listener.post(
                "/v1/events/batch",
                "[{\"topic\":\"b\",\"data\":1},{\"topic\":\"b c\",\"data\":2},{\"topic\":\"b\",\"data\":3,\"event\":\"\"},"
                        + "{\"topic\":\"b\",\"data\":4}]");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body())
                .matches(
                        "\\{\"results\":\\[\\{\"status\":201,\"id\".*\\{\"status\":400,\"error\":\\{\"code\":\"INVALID_TOPIC\".*"
                                + "\\{\"status\":400,\"error\":\\{\"code\":\"INVALID_PARAMETER\".*\\{\"status\":201,.*\\]\\}");
        assertThat(new String(last().data(), StandardCharsets.UTF_8)).isEqualTo("4");
    }

    @Test
    void answersAnNdjsonBatch() {
        HttpResponse<String> answer = listener.send(listener.request("/v1/events/batch")
                .header("Content-Type", "application/x-ndjson")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"topic\":\"n\",\"data\":1}\n{\n{\"topic\":\"n\",\"data\":2}\n"))
                .build());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).matches(".*\"status\":201.*INVALID_JSON.*\"status\":201.*");
    }

    @Test
    void takesLargeBatchesInManyPieces() {
        String item = "{\"topic\":\"big\",\"data\":\"" + "x".repeat(4_000) + "\"}";
        HttpResponse<String> answer = listener.send(listener.request("/v1/events/batch")
                .header("Content-Type", "application/json")
                .expectContinue(true)
                .POST(HttpRequest.BodyPublishers.ofString("[" + (item + ",").repeat(999) + item + "]"))
                .build());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body().split("\"status\":201", -1)).hasSize(1_001);
    }

    @Test
    void aBatchHasOnlySoManyEventsWithThePublisherAtATime() throws Exception {
        listener.events.hold();
        String item = "{\"topic\":\"window\",\"data\":1}";
        var answer = CompletableFuture.supplyAsync(
                () -> listener.post("/v1/events/batch", "[" + (item + ",").repeat(999) + item + "]"));
        Eventually.await("the publisher has as many as it may", () -> listener.events.heldBack() >= 128);
        assertThat(listener.events.heldBack()).isEqualTo(128);
        listener.events.release();
        assertThat(answer.get(10, TimeUnit.SECONDS).body().split("\"status\":201", -1))
                .hasSize(1_001);
    }

    @Test
    void whatThePublisherCannotTakeNowEndsABatchBeforeLaterEventsOvertake() throws Exception {
        listener.events.hold();
        String item = "{\"topic\":\"end\",\"data\":1}";
        var answer = CompletableFuture.supplyAsync(
                () -> listener.post("/v1/events/batch", "[" + (item + ",").repeat(199) + item + "]"));
        Eventually.await("the publisher has as many as it may", () -> listener.events.heldBack() >= 128);
        // The first one whose turn comes now is refused; by the time of the next the publisher is well again.
        listener.events.failOnce(new PlatformException(new AvailabilityError.OutcomeUnknown()));
        listener.events.release();
        String body = answer.get(10, TimeUnit.SECONDS).body();
        assertThat(body.split("\"status\":201", -1)).hasSize(129);
        assertThat(body.split("OUTCOME_UNKNOWN", -1)).hasSize(2);
        assertThat(body.split("EVENT_STORE_UNAVAILABLE", -1)).hasSize(72);
    }

    @Test
    void tellsWhenToComeBack() {
        listener.events.failWith(
                new PlatformException(new AvailabilityError.PublisherSaturated(Duration.ofMillis(1_200))));
        HttpResponse<String> answer = listener.post("/v1/events", "{\"topic\":\"t\",\"data\":1}");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("retry-after")).hasValue("2");
        assertThat(answer.body()).contains("PUBLISHER_SATURATED");
    }

    @Test
    void tellsNothingOfAnUnforeseenFailure() {
        listener.events.failWith(new IllegalStateException("secret"));
        for (String path : new String[] {"/v1/events", "/v1/events/batch"}) {
            String event = "{\"topic\":\"t\",\"data\":1}";
            HttpResponse<String> answer = listener.post(path, path.endsWith("batch") ? "[" + event + "]" : event);
            assertThat(answer.body()).contains("INTERNAL_ERROR").doesNotContain("secret");
        }
    }

    @Test
    void sellsTicketsThatWorkOnce() {
        HttpResponse<String> sale = listener.post("/v1/tickets", "");
        assertThat(sale.statusCode()).isEqualTo(201);
        assertThat(sale.body()).matches("\\{\"ticket\":\"t[0-9]+\",\"expires_in\":7}");
        String ticket = sale.body().split("\"", -1)[3];
        assertThat(history("?topic=t&ticket=" + ticket).statusCode()).isEqualTo(200);
        assertThat(history("?topic=t&ticket=" + ticket).body()).contains("INVALID_TICKET");
        HttpResponse<String> chain = listener.send(HttpRequest.newBuilder(listener.uri("/v1/tickets?ticket=" + ticket))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build());
        assertThat(chain.body()).contains("MISSING_CREDENTIALS");
    }

    @Test
    void pagesThroughHistory() {
        for (int i = 0; i < 3; i++) {
            listener.post("/v1/events", "{\"topic\":\"pages\",\"data\":" + i + "}");
        }
        HttpResponse<String> first = listener.get("/v1/events?topic=pages&limit=2");
        assertThat(first.body()).contains("\"data\":0", "\"data\":1", "\"more\":true", "\"recovered\":true");
        String body = first.body();
        String cursor = body.substring(body.lastIndexOf("\"cursor\":\"") + 10, body.lastIndexOf("\",\"more\""));
        assertThat(listener.get("/events?topic=pages&limit=2&since=" + cursor).body())
                .contains("\"data\":2", "\"more\":false")
                .doesNotContain("\"data\":1");
    }

    @Test
    void tellsItsVersion() {
        assertThat(listener.get("/version").body())
                .isEqualTo("{\"name\":\"sandpiper\",\"version\":\"1.2.3\",\"api\":\"v1\"}");
    }

    @Test
    void speaksHttp2WithoutTls() {
        HttpClient http2 =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        try (http2) {
            for (int i = 0; i < 3; i++) {
                HttpResponse<String> answer = Listener.send(
                        http2,
                        HttpRequest.newBuilder(listener.uri("/v1/events"))
                                .header("X-API-Key", "ann")
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString("{\"topic\":\"h2\",\"data\":1}"))
                                .build());
                assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
                assertThat(answer.statusCode()).isEqualTo(201);
            }
        }
    }

    @Test
    void countsRequestsByRoute() {
        listener.post("/v1/events", "{\"topic\":\"t\",\"data\":1}");
        assertThat(listener.metrics
                        .get("sandpiper.http.requests")
                        .tags("route", "/events", "method", "POST", "status", "201")
                        .timer()
                        .count())
                .isPositive();
    }

    private static HttpResponse<String> history(String query) {
        return listener.send(
                HttpRequest.newBuilder(listener.uri("/v1/events" + query)).build());
    }

    private static StoredEvent last() {
        return listener.events.events().getLast();
    }
}
