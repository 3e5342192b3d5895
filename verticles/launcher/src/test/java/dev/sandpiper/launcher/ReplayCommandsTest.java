package dev.sandpiper.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.launcher.Cli.Outcome;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Export, import and acknowledging from a terminal. */
class ReplayCommandsTest {
    @TempDir
    private static Path folder;

    private static Dev dev;

    @BeforeAll
    static void start() {
        dev = Dev.start(Cli.in(folder), folder.resolve("data"));
    }

    @AfterAll
    static void stop() {
        dev.close();
    }

    private static void publish(String topic, List<String> payloads) {
        Outcome published = dev.client().runWithInput(String.join("\n", payloads) + "\n", "publish", topic, "-");
        assertThat(published.exitCode()).as(published.err()).isZero();
    }

    /** Hardly compressible, so that the export is long. */
    private static List<String> payloads(int count) {
        var random = new Random(7);
        byte[] bytes = new byte[150];
        return IntStream.range(0, count)
                .mapToObj(i -> {
                    random.nextBytes(bytes);
                    return "{\"n\":" + i + ",\"x\":\"" + HexFormat.of().formatHex(bytes) + "\"}";
                })
                .toList();
    }

    @Test
    void anExportComesBackWhenItsConnectionBreaksAndMissesNothing() throws IOException {
        List<String> payloads = payloads(3_000);
        publish("cut.one", payloads);
        try (CuttingProxy proxy = new CuttingProxy(dev.port(), 100_000, 150_000)) {
            Outcome exported = dev.client()
                    .with("SANDPIPER_URL", "http://127.0.0.1:" + proxy.port())
                    .run("export", "cut.*");
            assertThat(exported.exitCode()).as(exported.err()).isZero();
            assertThat(proxy.cuts()).isEqualTo(2);
            assertThat(exported.lines().stream()
                            .map(line ->
                                    new JsonObject(line).getJsonObject("data").encode()))
                    .isEqualTo(payloads);
            assertThat(exported.err()).contains("coming back").contains("go on with --since");
            // What comes later follows the cursor that it named.
            String cursor = exported.err().replaceAll("(?s).*--since (\\S+)\\s*$", "$1");
            publish("cut.one", List.of("{\"later\":true}"));
            Outcome later = dev.client().run("export", "cut.*", "--since", cursor);
            assertThat(later.lines()).hasSize(1).first().asString().contains("\"later\":true");
        }
    }

    @Test
    void whatIsImportedIsWhatWasExportedAndOnceOnly() {
        publish("import.from", List.of("{\"price\":2.50}", "\"grüße\"", "12345678901234567890"));
        String lines = dev.client().run("export", "import.from").out();
        Outcome first = dev.client().runWithInput(lines, "import", "--topic", "import.to");
        assertThat(first.exitCode()).as(first.err()).isZero();
        assertThat(first.err()).contains("3 stored, 0 known already");
        Outcome second = dev.client().runWithInput(lines, "import", "--topic", "import.to");
        assertThat(second.err()).contains("0 stored, 3 known already");
        String restored = dev.client().run("export", "import.to").out();
        assertThat(restored.lines().map(line -> line.replaceAll(".*\"data\":(.*),\"id\".*", "$1")))
                .containsExactly("{\"price\":2.50}", "\"grüße\"", "12345678901234567890");
        Outcome broken = dev.client().runWithInput("{\"type\":\"message\"}\n", "import");
        assertThat(broken.exitCode()).isEqualTo(1);
        assertThat(broken.err()).contains("Line 1");
    }

    @Test
    void aPageOfThePastIsPrintedInBothOrders() {
        publish("history.some", List.of("{\"n\":1}", "{\"n\":2}", "{\"n\":3}"));
        Outcome page = dev.client().run("history", "history.*", "--limit", "2");
        assertThat(page.exitCode()).as(page.err()).isZero();
        assertThat(page.out()).contains("\"n\":1", "\"n\":2").doesNotContain("\"n\":3");
        String next = page.err().replaceAll("(?s).*More: --since (\\S+)\\s*$", "$1");
        assertThat(one(dev.client().run("history", "history.some", "--since", next)))
                .contains("\"n\":3");
        assertThat(one(dev.client().run("history", "history.some", "--last", "1")))
                .contains("\"n\":3");
        assertThat(one(dev.client()
                        .run("history", "history.some", "--reverse", "--filter", "data.n < 3", "--limit", "1")))
                .contains("\"n\":2");
        Outcome foreign = dev.client().run("history", "history.some", "--since", "AAAA");
        assertThat(foreign.exitCode()).isEqualTo(1);
        assertThat(foreign.err()).contains("INVALID_CURSOR");
    }

    private static String one(Outcome outcome) {
        assertThat(outcome.lines()).as(outcome.err()).hasSize(1);
        return outcome.out();
    }

    @Test
    void headersAreExportedAndImported() {
        Outcome stored = dev.client().run("publish", "headed.from", "1", "--header", "where=50% \"größer\"");
        assertThat(stored.exitCode()).as(stored.err()).isZero();
        Outcome imported = dev.client()
                .runWithInput(dev.client().run("export", "headed.from").out(), "import", "--topic", "headed.to");
        assertThat(imported.exitCode()).as(imported.err()).isZero();
        assertThat(new JsonObject(dev.client().run("export", "headed.to").out()).getJsonObject("headers"))
                .isEqualTo(new JsonObject().put("where", "50% \"größer\""));
    }

    @Test
    void anExportTakesBoundsAndFilters() {
        publish("export.some", List.of("{\"n\":1}", "{\"n\":2}", "{\"n\":3}", "{\"n\":4}"));
        List<String> all = dev.client().run("export", "export.some").lines();
        String third = new JsonObject(all.get(2)).getString("cursor");
        Outcome some = dev.client().run("export", "export.some", "--until", third, "--filter", "data.n > 1");
        assertThat(some.lines()).isEqualTo(all.subList(1, 3));
        Outcome wrong = dev.client().run("export", "export.some", "--filter", "data.n >");
        assertThat(wrong.exitCode()).isEqualTo(1);
        assertThat(wrong.err()).contains("INVALID_FILTER");
    }

    @Test
    void aSubscriberContinuesAfterWhatItPrinted() {
        publish("acked", List.of("1", "2", "3", "4", "5"));
        Outcome first = dev.client().run("subscribe", "acked", "--subscriber", "screen", "--last", "5", "--count", "2");
        assertThat(numbers(first)).containsExactly(1, 2);
        Outcome second = dev.client().run("subscribe", "acked", "--subscriber", "screen", "--count", "2");
        assertThat(numbers(second)).containsExactly(3, 4);
        Outcome other = dev.client().run("subscribe", "acked", "--subscriber", "other", "--last", "1", "--count", "1");
        assertThat(numbers(other)).containsExactly(5);
    }

    private static List<Integer> numbers(Outcome outcome) {
        return outcome.lines().stream()
                .map(line -> new JsonObject(line).getInteger("data"))
                .toList();
    }

    /** Passes connections on, of which the first ones break after so many bytes of the answer. */
    private static final class CuttingProxy implements AutoCloseable {
        private final ServerSocket listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        private final AtomicInteger cuts = new AtomicInteger();
        private final int target;
        private final int[] limits;

        CuttingProxy(int target, int... limits) throws IOException {
            this.target = target;
            this.limits = limits;
            Thread.ofVirtual().start(this::accept);
        }

        int port() {
            return listener.getLocalPort();
        }

        int cuts() {
            return cuts.get();
        }

        private void accept() {
            for (int i = 0; !listener.isClosed(); i++) {
                long limit = i < limits.length ? limits[i] : Long.MAX_VALUE;
                try {
                    Socket client = listener.accept();
                    Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                    Thread.ofVirtual().start(() -> copy(client, server, Long.MAX_VALUE));
                    Thread.ofVirtual().start(() -> copy(server, client, limit));
                } catch (IOException e) {
                    return;
                }
            }
        }

        private void copy(Socket from, Socket to, long limit) {
            try (from;
                    to) {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                byte[] buffer = new byte[8_192];
                long left = limit;
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    out.write(buffer, 0, (int) Math.min(n, left));
                    left -= n;
                    if (left <= 0) {
                        cuts.incrementAndGet();
                        return;
                    }
                }
            } catch (IOException broken) {
                // One of the two has ended, and with it the connection: that is what this is for.
            }
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }
}
