package dev.sandpiper.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class CorsTest {
    private static final String PREFLIGHT = """
            OPTIONS /v1/events HTTP/1.1
            Host: x
            Origin: %s
            Access-Control-Request-Method: POST
            Access-Control-Request-Headers: content-type,idempotency-key

            """;
    private static final String REQUEST = """
            POST %s HTTP/1.1
            Host: x
            Origin: %s
            Content-Length: 0

            """;

    @Test
    void pagesOfConfiguredOriginsMayCall() throws IOException {
        try (Listener listener = Listener.with("CORS_ORIGINS", "https://a.example, https://b.example")) {
            assertThat(ask(listener, PREFLIGHT.formatted("https://b.example")))
                    .startsWith("HTTP/1.1 204 ")
                    .containsIgnoringCase("access-control-allow-origin: https://b.example\r\n")
                    .containsIgnoringCase("access-control-allow-methods: GET, POST")
                    .containsIgnoringCase("Idempotency-Key")
                    .containsIgnoringCase("vary: origin\r\n");
            for (String path : new String[] {"/v1/events", "/v1/events?x=1", "/v1/nothing"}) {
                assertThat(ask(listener, REQUEST.formatted(path, "https://b.example")))
                        .startsWith("HTTP/1.1 4")
                        .containsIgnoringCase("access-control-allow-origin: https://b.example\r\n")
                        .containsIgnoringCase("access-control-expose-headers: X-Request-Id")
                        .containsIgnoringCase("vary: origin\r\n");
            }
        }
    }

    @Test
    void pagesOfOtherOriginsMayNot() throws IOException {
        try (Listener listener = Listener.with("CORS_ORIGINS", "https://a.example")) {
            assertThat(ask(listener, PREFLIGHT.formatted("https://c.example")))
                    .startsWith("HTTP/1.1 405 ")
                    .doesNotContainIgnoringCase("access-control");
            assertThat(ask(listener, REQUEST.formatted("/v1/events", "https://c.example")))
                    .doesNotContainIgnoringCase("access-control")
                    .containsIgnoringCase("vary: origin\r\n");
        }
    }

    @Test
    void aStarStandsForAllOrigins() throws IOException {
        try (Listener listener = Listener.with("CORS_ORIGINS", "*")) {
            assertThat(ask(listener, PREFLIGHT.formatted("https://c.example")))
                    .startsWith("HTTP/1.1 204 ")
                    .containsIgnoringCase("access-control-allow-origin: *\r\n");
        }
    }

    @Test
    void nobodyMayByDefault() throws IOException {
        try (Listener listener = Listener.with()) {
            assertThat(ask(listener, PREFLIGHT.formatted("https://a.example")))
                    .startsWith("HTTP/1.1 405 ")
                    .doesNotContainIgnoringCase("access-control");
        }
    }

    private static String ask(Listener listener, String request) throws IOException {
        try (var client = new RawClient(listener.port())) {
            return client.send(request.replace("\n", "\r\n")).answer();
        }
    }
}
