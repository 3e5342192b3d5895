package dev.sandpiper.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.testkit.Eventually;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** HTTP/2 over plain TCP, begun as HTTP/1.1. */
@Timeout(60)
class UpgradeToHttp2Test {
    private static final String HEAD = """
            Host: x
            X-API-Key: ann
            Connection: Upgrade, HTTP2-Settings
            Upgrade: h2c
            HTTP2-Settings: AAMAAABkAAQAAP__
            """.replace("\n", "\r\n");
    private static final String SWITCHED =
            "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n";
    private static final byte[] EMPTY_SETTINGS = HexFormat.of().parseHex("000000040000000000");
    private static final int DATA = 0;
    private static final int SETTINGS = 4;
    private static final int END_STREAM = 1;

    /** A client that changes its protocol while the answer comes in may lose a part of it, as that of the JDK 25 does. */
    @Test
    void theAnswerWaitsForTheClientsPreface() throws IOException {
        try (Listener listener = Listener.with();
                var client = new RawClient(listener.port())) {
            client.send("GET /v1/version HTTP/1.1\r\n" + HEAD + "\r\n");
            assertThat(client.answer()).isEqualTo(SWITCHED);
            assertThat(client.frame()[3]).isEqualTo((byte) SETTINGS);
            Eventually.await("the request is answered", () -> answered(listener) == 1);
            assertThat(client.arrived()).isZero();

            client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").send(EMPTY_SETTINGS);
            assertThat(body(client)).contains("\"name\":\"sandpiper\"");
        }
    }

    @Test
    void theBodyOfTheFirstRequestComesBeforeThePreface() throws IOException {
        try (Listener listener = Listener.with();
                var client = new RawClient(listener.port())) {
            String event = "{\"topic\":\"t\",\"data\":1}";
            client.send("POST /v1/events HTTP/1.1\r\n" + HEAD + "Content-Type: application/json\r\nContent-Length: "
                    + event.length() + "\r\n\r\n");
            assertThat(client.answer()).isEqualTo(SWITCHED);
            client.send(event);
            Eventually.await(
                    "the event is stored", () -> listener.events.events().size() == 1);
            client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").send(EMPTY_SETTINGS);
            assertThat(body(client)).contains("\"topic\":\"t\"");
        }
    }

    @Test
    void aClientThatIsGoneBeforeItsPrefaceLeavesNothingBehind() throws IOException {
        try (Listener listener = Listener.with()) {
            try (var client = new RawClient(listener.port())) {
                client.send("GET /v1/version HTTP/1.1\r\n" + HEAD + "\r\n");
                assertThat(client.answer()).isEqualTo(SWITCHED);
            }
            Eventually.await("no connection is left", () -> connections(listener) == 0);
            assertThat(listener.metrics.find("sandpiper.http.inflight").gauges())
                    .allMatch(gauge -> gauge.value() == 0);
        }
    }

    private static long answered(Listener listener) {
        return listener.metrics.find("sandpiper.http.requests").timers().stream()
                .mapToLong(Timer::count)
                .sum();
    }

    private static int connections(Listener listener) {
        return (int) listener.metrics.find("sandpiper.http.connections").gauges().stream()
                .mapToDouble(gauge -> gauge.value())
                .sum();
    }

    /** What the data frames of the only stream carry, up to its end. */
    private static String body(RawClient client) throws IOException {
        var body = new StringBuilder();
        byte[] frame;
        do {
            frame = client.frame();
            if (frame[3] == DATA) {
                body.append(new String(frame, 9, frame.length - 9, StandardCharsets.UTF_8));
            }
        } while (frame[3] != DATA || (frame[4] & END_STREAM) == 0);
        return body.toString();
    }
}
