package dev.sandpiper.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.runtime.http.RouteContext;
import dev.sandpiper.runtime.http.Routes;
import io.vertx.core.Future;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ConnectionTest {
    private static final String EVENT = "{\"topic\":\"t\",\"data\":1}";
    private static final String HEAD = """
            POST /v1/events HTTP/1.1
            Host: x
            Authorization: Bearer ann
            Content-Type: application/json
            """.replace("\n", "\r\n");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GARBAGE | 400 | INVALID_REQUEST",
                "GET / HTTP/1.1\\r\\nHo st: x | 400 | INVALID_REQUEST",
                "GET / HTTP/7.3\\r\\nHost: x | 400 | INVALID_REQUEST",
                "GET /%s HTTP/1.1\\r\\nHost: x | 414 | URI_TOO_LONG",
                "GET / HTTP/1.1\\r\\nHost: x\\r\\nX-Long: %s%s | 431 | HEADERS_TOO_LARGE",
                "POST /v1/events HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 1\\r\\nContent-Length: 2 | 400 | INVALID_REQUEST",
                "GET /%%zz HTTP/1.1\\r\\nHost: x | 400 | INVALID_REQUEST",
            })
    void answersWhatIsNotHttp(String head, String status, String code) throws IOException {
        try (Listener listener = Listener.with();
                var client = new RawClient(listener.port())) {
            String long10k = "x".repeat(10_000);
            String text = head.replace("\\r\\n", "\r\n").formatted(long10k, long10k);
            assertThat(client.send(text + "\r\n\r\n").answer())
                    .matches("(?s)HTTP/[0-9.]+ " + status + " .*")
                    .containsIgnoringCase("X-Request-Id: req_")
                    .contains("\"code\":\"" + code + "\"");
        }
    }

    @Test
    void answersPipelinedRequestsInOrder() throws IOException {
        try (Listener listener = Listener.with();
                var client = new RawClient(listener.port())) {
            var requests = new StringBuilder();
            for (int i = 0; i < 50; i++) {
                requests.append(HEAD)
                        .append("X-Request-Id: r")
                        .append(i)
                        .append("\r\nContent-Length: 22\r\n\r\n")
                        .append(EVENT);
            }
            client.send(requests.toString());
            for (int i = 0; i < 50; i++) {
                assertThat(client.answer()).startsWith("HTTP/1.1 201 ").contains(": r" + i + "\r\n");
            }
        }
    }

    @Test
    void takesABodyInChunks() throws IOException {
        try (Listener listener = Listener.with();
                var client = new RawClient(listener.port())) {
            client.send(HEAD + "Transfer-Encoding: chunked\r\n\r\n");
            for (int i = 0; i < EVENT.length(); i++) {
                client.send("1\r\n" + EVENT.charAt(i) + "\r\n");
            }
            assertThat(client.send("0\r\n\r\n").answer()).startsWith("HTTP/1.1 201 ");
            assertThat(client.send(HEAD + "Content-Length: 22\r\n\r\n" + EVENT).answer())
                    .startsWith("HTTP/1.1 201 ");
        }
    }

    @Test
    void refusesABodyThatSaysItIsTooLarge() throws IOException {
        try (Listener listener = Listener.with();
                var client = new RawClient(listener.port())) {
            assertThat(client.send(HEAD + "Content-Length: 250000\r\nExpect: 100-continue\r\n\r\n")
                            .answer())
                    .startsWith("HTTP/1.1 413 ")
                    .contains("PAYLOAD_TOO_LARGE");
        }
    }

    @Test
    void refusesABodyThatTurnsOutTooLarge() throws IOException {
        try (Listener listener = Listener.with();
                var client = new RawClient(listener.port())) {
            client.send(HEAD + "Transfer-Encoding: chunked\r\n\r\n40000\r\n" + "x".repeat(0x40000) + "\r\n");
            assertThat(client.answer()).startsWith("HTTP/1.1 413 ").containsIgnoringCase("connection: close");
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void takesAPayloadOfExactlyTheLimit() throws IOException {
        try (Listener listener = Listener.with();
                var client = new RawClient(listener.port())) {
            assertThat(client.send(event(131_072)).answer()).startsWith("HTTP/1.1 201 ");
            assertThat(client.send(event(131_073)).answer())
                    .startsWith("HTTP/1.1 413 ")
                    .contains("\"limit\":131072");
            assertThat(client.send(HEAD + "Content-Length: 22\r\n\r\n" + EVENT).answer())
                    .as("the connection is of use after a refusal")
                    .startsWith("HTTP/1.1 201 ");
        }
    }

    /** A request whose payload, a string with its quotes, has so many bytes. */
    private static String event(int payload) {
        String body = "{\"topic\":\"t\",\"data\":\"" + "x".repeat(payload - 2) + "\"}";
        return HEAD + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "PRI", "GET / HTTP/1.1\r\nHost: x\r\nX-"})
    void closesOnThoseWhoNeverFinishTheirFirstRequest(String start) throws IOException {
        try (Listener listener = Listener.with("HTTP_REQUEST_TIMEOUT", "300ms");
                var client = new RawClient(listener.port())) {
            client.send(start);
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void closesOnThoseWhoDripHeadersForEver() throws IOException {
        try (Listener listener = Listener.with("HTTP_REQUEST_TIMEOUT", "300ms");
                var client = new RawClient(listener.port())) {
            client.send("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ");
            try (ScheduledExecutorService drip = Executors.newSingleThreadScheduledExecutor()) {
                drip.scheduleAtFixedRate(() -> drip(client), 10, 10, TimeUnit.MILLISECONDS);
                assertThat(client.isClosed()).isTrue();
                drip.shutdownNow();
            }
        }
    }

    private static void drip(RawClient client) {
        try {
            client.send("x");
        } catch (IOException closed) {
            throw new UncheckedIOException(closed);
        }
    }

    @Test
    void tellsThoseWhoDoNotFinishTheirBody() throws IOException {
        try (Listener listener = Listener.with("HTTP_REQUEST_TIMEOUT", "300ms");
                var client = new RawClient(listener.port())) {
            client.send(HEAD + "Content-Length: 22\r\n\r\n{\"topic\"");
            assertThat(client.answer()).startsWith("HTTP/1.1 408 ").contains("REQUEST_TIMEOUT");
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void tellsThoseWhoDoNotBeginTheirBody() throws IOException {
        try (Listener listener = Listener.with("HTTP_REQUEST_TIMEOUT", "300ms");
                var client = new RawClient(listener.port())) {
            client.send(HEAD + "Content-Length: 22\r\n\r\n");
            assertThat(client.answer()).startsWith("HTTP/1.1 408 ");
        }
    }

    @Test
    void closesIdleConnections() throws IOException {
        try (Listener listener = Listener.with("HTTP_IDLE_TIMEOUT", "300ms");
                var client = new RawClient(listener.port())) {
            assertThat(client.send(HEAD + "Content-Length: 22\r\n\r\n" + EVENT).answer())
                    .startsWith("HTTP/1.1 201 ");
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void leavesRequestsInPeaceThatTakeLongToAnswer() throws IOException {
        try (Listener listener = Listener.with("HTTP_IDLE_TIMEOUT", "300ms", "HTTP_REQUEST_TIMEOUT", "300ms");
                var client = new RawClient(listener.port())) {
            listener.events.hold();
            client.send(HEAD + "Content-Length: 22\r\n\r\n" + EVENT);
            listener.vertx.setTimer(1_500, timer -> listener.events.release());
            assertThat(client.answer()).startsWith("HTTP/1.1 201 ");
        }
    }

    @Test
    void holdsABoundedAmountOfBodies() throws IOException {
        try (Listener listener = Listener.with("HTTP_BODY_MEMORY", "1048576", "HTTP_MAX_BATCH", "2097152");
                var client = new RawClient(listener.port())) {
            client.send(HEAD.replace("/events", "/events/batch") + "Content-Length: 2000000\r\n\r\n"
                    + " ".repeat(1_500_000));
            assertThat(client.answer())
                    .startsWith("HTTP/1.1 503 ")
                    .contains("SERVER_BUSY")
                    .containsIgnoringCase("retry-after: 1");
        }
    }

    @Test
    void answersRequestsInFlightDuringShutdown() throws IOException {
        try (Listener listener = Listener.with();
                var client = new RawClient(listener.port());
                var idle = new RawClient(listener.port())) {
            assertThat(idle.send("GET /version HTTP/1.1\r\nHost: x\r\n\r\n").answer())
                    .startsWith("HTTP/1.1 200 ");
            listener.events.hold();
            client.send(HEAD + "Content-Length: 22\r\n\r\n" + EVENT);
            await(() -> listener.events.heldBack() == 1);
            listener.gate.stopAccepting();
            try (var late = new RawClient(listener.port())) {
                assertThat(late.send("GET /version HTTP/1.1\r\nHost: x\r\n\r\n").answer())
                        .startsWith("HTTP/1.1 503 ")
                        .contains("SHUTTING_DOWN");
            }
            Future<Void> undeployed = listener.undeploy();
            listener.vertx.setTimer(200, timer -> listener.events.release());
            assertThat(client.answer()).startsWith("HTTP/1.1 201 ").containsIgnoringCase("connection: close");
            Listener.await(undeployed);
            assertThat(client.isClosed()).isTrue();
            assertThat(idle.isClosed()).isTrue();
        }
    }

    @Test
    void doesNotWaitForEverDuringShutdown() throws IOException {
        try (Listener listener = Listener.with("HTTP_DRAIN_TIMEOUT", "200ms");
                var client = new RawClient(listener.port())) {
            listener.events.hold();
            client.send(HEAD + "Content-Length: 22\r\n\r\n" + EVENT);
            await(() -> listener.events.heldBack() == 1);
            Listener.await(listener.undeploy());
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void answersWhenARouteFails() throws IOException {
        Routes broken = new Routes() {
            @Override
            public void mount(Router router, RouteContext context) {
                router.get("/throws").handler(request -> {
                    throw new IllegalStateException("secret");
                });
                router.get("/address").handler(request -> request.end(context.clientAddress(request)));
                router.post("/echo")
                        .handler(request -> context.body(request, 10)
                                .onSuccess(body -> request.end(new String(body, StandardCharsets.UTF_8)))
                                .onFailure(failure -> context.fail(request, failure)));
            }
        };
        try (Listener listener = Listener.with(broken, "TRUSTED_PROXIES", "127.0.0.0/8")) {
            assertThat(listener.get("/v1/throws").statusCode()).isEqualTo(500);
            assertThat(listener.get("/v1/throws").body())
                    .contains("INTERNAL_ERROR")
                    .doesNotContain("secret");
            assertThat(listener.send(listener.request("/address")
                                    .header("X-Forwarded-For", "6.6.6.6, 9.9.9.9, 127.0.0.2")
                                    .build())
                            .body())
                    .isEqualTo("9.9.9.9");
            assertThat(listener.post("/v1/echo", "0123456789").body()).isEqualTo("0123456789");
            assertThat(listener.post("/v1/echo", "01234567890").statusCode()).isEqualTo(413);
        }
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
