package dev.sandpiper.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdInputStream;
import dev.sandpiper.testkit.Eventually;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExportTest {
    @Test
    void givesAllEventsAsLinesAndThenSaysThatTheyAreAll() {
        try (Listener listener = Listener.with()) {
            publish(listener, 1_000);
            HttpResponse<String> answer = listener.get("/v1/export?topic=t&format=ndjson");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("content-type")).hasValue("application/x-ndjson");
            List<JsonObject> lines = answer.body().lines().map(JsonObject::new).toList();
            assertThat(lines).hasSize(1_001);
            for (int i = 0; i < 1_000; i++) {
                assertThat(lines.get(i).getInteger("data")).isEqualTo(i);
            }
            assertThat(lines.getLast().getString("type")).isEqualTo("end");
        }
    }

    @Test
    void goesOnAfterTheCursorOfAnyLine() {
        try (Listener listener = Listener.with()) {
            publish(listener, 600);
            List<JsonObject> all = lines(listener.get("/v1/export?topic=t"));
            String middle = all.get(299).getString("cursor");
            List<JsonObject> rest = lines(listener.get("/v1/export?topic=t&since=" + middle));
            assertThat(rest).isEqualTo(all.subList(300, all.size()));
            publish(listener, 1);
            List<JsonObject> later = lines(
                    listener.get("/v1/export?topic=t&since=" + all.getLast().getString("cursor")));
            assertThat(later).hasSize(2);
        }
    }

    @Test
    void linesStayLinesWhateverThePayloadLooksLike() {
        try (Listener listener = Listener.with()) {
            listener.post("/v1/events", "{\"topic\":\"t\",\"data\":{\n\"a\":\r\n[1,\n2]}}");
            HttpResponse<String> answer = listener.get("/v1/export?topic=t");
            assertThat(lines(answer).getFirst().getJsonObject("data")).isEqualTo(new JsonObject("{\"a\":[1,2]}"));
        }
    }

    @Test
    void compressesWhenTheClientTakesIt() throws Exception {
        try (Listener listener = Listener.with();
                HttpClient client = HttpClient.newHttpClient()) {
            publish(listener, 1_000);
            HttpResponse<byte[]> answer = client.send(
                    listener.request("/v1/export?topic=t")
                            .header("Accept-Encoding", "br, gzip")
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            assertThat(answer.headers().firstValue("content-encoding")).hasValue("gzip");
            try (InputStream plain = new GZIPInputStream(new ByteArrayInputStream(answer.body()))) {
                String text = new String(plain.readAllBytes(), StandardCharsets.UTF_8);
                assertThat(text).isEqualTo(listener.get("/v1/export?topic=t").body());
                assertThat(answer.body().length).isLessThan(text.length() / 4);
            }
        }
    }

    @Test
    void compressesWithZstdToo() throws Exception {
        try (Listener listener = Listener.with()) {
            publish(listener, 1_000);
            HttpRequest request = listener.request("/v1/export?topic=t")
                    .header("Accept-Encoding", "gzip, deflate, br, zstd")
                    .build();
            try (HttpClient client = HttpClient.newHttpClient()) {
                HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
                assertThat(answer.headers().firstValue("content-encoding")).hasValue("zstd");
                assertThat(answer.headers().firstValue("vary")).hasValue("Accept-Encoding");
                try (InputStream plain = new ZstdInputStream(new ByteArrayInputStream(answer.body()))) {
                    String text = new String(plain.readAllBytes(), StandardCharsets.UTF_8);
                    assertThat(text)
                            .isEqualTo(listener.get("/v1/export?topic=t").body());
                    assertThat(answer.body().length).isLessThan(text.length() / 4);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gzip | gzip",
                "GZIP;q=0.5, br | gzip",
                "gzip;q=0 | ''",
                "gzip ; q=0.0, * | ''",
                "* | gzip",
                "br | ''",
                "identity | ''",
                "zstd | zstd",
                "gzip, zstd | zstd",
                "gzip, zstd;q=0.9 | gzip",
                "zstd;q=0, gzip;q=0.001 | gzip",
                "zstd;q=much | ''",
                "zstd;q=0.5, * | gzip",
            })
    void choosesWhatTheClientTakes(String header, String coding) {
        assertThat(ContentCoding.of(header).token()).isEqualTo(coding);
    }

    @Test
    void readsNoFurtherThanTheClientHasTaken() throws IOException {
        try (Listener listener = Listener.with()) {
            String data = "\"" + "x".repeat(4_000) + "\"";
            for (int i = 0; i < 5_000 / 500; i++) {
                publish(listener, 500, data);
            }
            // 20 MB in all, of which a client reads nothing at first; the kernel takes a few.
            try (Socket socket = reluctant(listener)) {
                Eventually.await(() -> listener.events.pagesRead() > 1);
                int before = settled(listener);
                assertThat(before).isLessThan(10);
                var lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
                long events = lines.lines()
                        .filter(line -> line.contains("\"message\""))
                        .count();
                assertThat(events).isEqualTo(5_000);
                assertThat(listener.events.pagesRead()).isGreaterThan(18);
            }
        }
    }

    @Test
    void aClientThatTakesNothingDoesNotOccupyAPlaceForEver() throws IOException {
        try (Listener listener = Listener.with("HTTP_IDLE_TIMEOUT", "2s")) {
            String data = "\"" + "x".repeat(100_000) + "\"";
            for (int i = 0; i < 5; i++) {
                publish(listener, 80, data);
            }
            try (Socket one = reluctant(listener);
                    Socket two = reluctant(listener);
                    Socket three = reluctant(listener);
                    Socket four = reluctant(listener)) {
                Eventually.await(() -> listener.get("/v1/export?topic=other").statusCode() == 503);
                Eventually.await(() -> listener.get("/v1/export?topic=other").statusCode() == 200);
                assertThat(List.of(one, two, three, four)).allSatisfy(socket -> {
                    String text = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                    assertThat(text).contains("\"message\"").doesNotContain("\"end\"");
                });
            }
        }
    }

    /** A client that has asked for an export and does not read. */
    private static Socket reluctant(Listener listener) throws IOException {
        var socket = new Socket();
        socket.setReceiveBufferSize(16 << 10);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.port()));
        socket.getOutputStream()
                .write(
                        "GET /v1/export?topic=t HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ann\r\nConnection: close\r\n\r\n"
                                .getBytes(StandardCharsets.US_ASCII));
        Eventually.await("the export has begun", () -> socket.getInputStream().available() > 0);
        return socket;
    }

    @Test
    void aTenantRunsFewExportsAtATime() throws Exception {
        try (Listener listener = Listener.with()) {
            publish(listener, 2);
            listener.events.holdPages();
            try (HttpClient client = HttpClient.newHttpClient()) {
                for (int i = 0; i < 4; i++) {
                    client.sendAsync(
                            listener.request("/v1/export?topic=t").build(), HttpResponse.BodyHandlers.ofString());
                }
                Eventually.await(() -> listener.events.pagesHeld() == 4);
                HttpResponse<String> fifth = listener.get("/v1/export?topic=t");
                assertThat(fifth.statusCode()).isEqualTo(503);
                assertThat(fifth.body()).contains("SERVER_BUSY");
                listener.events.releasePages();
                Eventually.await(() -> listener.get("/v1/export?topic=t").statusCode() == 200);
            }
        }
    }

    private static int settled(Listener listener) {
        int before = -1;
        int now = listener.events.pagesRead();
        while (now != before) {
            before = now;
            // A whole turn of everything that could still read: other requests are answered meanwhile.
            for (int i = 0; i < 200; i++) {
                listener.get("/v1/version");
            }
            now = listener.events.pagesRead();
        }
        return now;
    }

    private static List<JsonObject> lines(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).isEqualTo(200);
        return answer.body().lines().map(JsonObject::new).toList();
    }

    private static void publish(Listener listener, int count) {
        var batch = new StringBuilder("[");
        for (int i = 0; i < count; i++) {
            batch.append(i == 0 ? "" : ",")
                    .append("{\"topic\":\"t\",\"data\":")
                    .append(i)
                    .append('}');
        }
        assertThat(listener.post("/v1/events/batch", batch.append(']').toString())
                        .statusCode())
                .isEqualTo(200);
    }

    private static void publish(Listener listener, int count, String data) {
        var batch = new StringBuilder("[");
        for (int i = 0; i < count; i++) {
            batch.append(i == 0 ? "" : ",")
                    .append("{\"topic\":\"t\",\"data\":")
                    .append(data)
                    .append('}');
        }
        assertThat(listener.post("/v1/events/batch", batch.append(']').toString())
                        .statusCode())
                .isEqualTo(200);
    }
}
