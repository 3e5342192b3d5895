package dev.sandpiper.embed.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import dev.sandpiper.testkit.Eventually;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Keeps {@code docs/operate/metrics.md} equal to what a node that was used says about its metrics. */
class MetricsReferenceTest {
    private static final Path PAGE = Path.of("../../docs/operate/metrics.md");
    private static final String REWRITE = "sandpiper.docs.write";
    private static final String PREFIX = "sandpiper_";
    private static final Pattern HELP = Pattern.compile("# HELP (sandpiper_\\S+) (.*)");
    private static final Pattern TYPE = Pattern.compile("# TYPE (sandpiper_\\S+) (\\S+)");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"");

    private static final TestNode NODE = TestNode.start(Map.of());
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    /** What is said about one of them, its labels included. */
    private record Metric(String help, String type, Set<String> labels) {}

    /** Has everything happen once that is only counted from then on. */
    @BeforeAll
    static void use() throws Exception {
        TestProject project = NODE.createProject();
        var subscribed = new CompletableFuture<Boolean>();
        var listener = new WebSocket.Listener() {
            @Override
            public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
                if (data.toString().contains("\"subscribed\"")) {
                    subscribed.complete(true);
                }
                socket.request(1);
                return CompletableFuture.completedFuture(null);
            }
        };
        WebSocket socket = CLIENT.newWebSocketBuilder()
                .header("Authorization", "Bearer " + project.key())
                .buildAsync(NODE.ws(), listener)
                .get(10, TimeUnit.SECONDS);
        socket.sendText("{\"type\":\"subscribe\",\"channel\":\"t\"}", true).get(10, TimeUnit.SECONDS);
        socket.sendText("{\"type\":\"nonsense\"}", true).get(10, TimeUnit.SECONDS);
        subscribed.get(10, TimeUnit.SECONDS);
        assertThat(publish(project, "{\"topic\":\"t\",\"data\":1,\"key\":\"k\"}"))
                .isEqualTo(201);
        assertThat(publish(project, "{\"topic\":\"t\",\"data\":2,\"key\":\"k\"}"))
                .isEqualTo(409);
        Eventually.await(
                "it was delivered", () -> scrape().contains("sandpiper_feed_tenant_deliveries_total{tenant=\"tenant-"));
    }

    @AfterAll
    static void stop() {
        NODE.close();
    }

    @Test
    void everyMetricOfOursSaysWhatItIs() throws Exception {
        Map<String, Metric> metrics = metrics();
        assertThat(metrics).hasSizeGreaterThan(40);
        assertThat(metrics)
                .allSatisfy((name, metric) -> assertThat(metric.help()).as(name).isNotBlank());
        assertThat(metrics)
                .containsKeys(
                        "sandpiper_sockets_deliveries_total",
                        "sandpiper_sockets_encoded_total",
                        "sandpiper_sockets_flushes_total",
                        "sandpiper_sockets_sent_bytes_total",
                        "sandpiper_sockets_pending_bytes",
                        "sandpiper_sockets_slow_closes_total",
                        "sandpiper_feed_queue_depth",
                        "sandpiper_feed_ring_hits_total",
                        "sandpiper_feed_ring_misses_total",
                        "sandpiper_feed_refills_total",
                        "sandpiper_feed_page_events_total",
                        "sandpiper_feed_tenant_deliveries_total",
                        "sandpiper_eventloop_lag_seconds",
                        "sandpiper_publisher_acknowledged_seconds",
                        "sandpiper_publisher_failed_total",
                        "sandpiper_publisher_waiting",
                        "sandpiper_publisher_tenant_events_total");
    }

    @Test
    void latenciesAreHistograms() throws Exception {
        assertThat(scrape())
                .contains("sandpiper_publisher_acknowledged_seconds_bucket")
                .contains("sandpiper_publisher_waited_seconds_bucket")
                .contains("sandpiper_eventloop_lag_seconds_bucket");
    }

    @Test
    void thePageSaysWhatTheMetricsSay() throws Exception {
        String page = page();
        if (Boolean.getBoolean(REWRITE)) {
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE)
                .as(
                        "regenerate with: mvn test -pl verticles/embed -Dtest=MetricsReferenceTest"
                                + " -Dtest.jvm.args=-D%s=true",
                        REWRITE)
                .hasContent(page);
    }

    private static String page() throws Exception {
        var page = new StringBuilder("""
                # Metrics

                Generated from what a node says; do not edit.

                `/metrics` on the management port, in Prometheus' text format. A histogram has `_bucket`, `_sum` and `_count`, and with each a gauge
                `_max` of the last minutes. A counter of failures, frames or requests appears with the first one. `tenant` is one of the busiest
                tenants, as many as `SANDPIPER_METRICS_TENANTS` says; the others are counted together as `_other`. What of this is worth an alert
                stands in [health](health.md). Beside these there are the usual `jvm_*`, `process_*`, `system_*` and `vertx_pool_*`.

                | metric | type | labels | what |
                |---|---|---|---|
                """);
        metrics().forEach((name, metric) -> {
            if (!name.endsWith("_max")) {
                page.append("| `%s` | %s | %s | %s |\n"
                        .formatted(
                                name,
                                metric.type(),
                                String.join(
                                        ", ",
                                        metric.labels().stream()
                                                .map(label -> "`" + label + "`")
                                                .toList()),
                                metric.help()));
            }
        });
        return page.toString();
    }

    /** By name. */
    private static Map<String, Metric> metrics() throws Exception {
        Map<String, String> help = new TreeMap<>();
        Map<String, String> types = new TreeMap<>();
        Map<String, Set<String>> labels = new TreeMap<>();
        for (String line : scrape().split("\n", -1)) {
            Matcher helped = HELP.matcher(line);
            Matcher typed = TYPE.matcher(line);
            if (helped.matches()) {
                help.put(helped.group(1), helped.group(2));
            } else if (typed.matches()) {
                types.put(typed.group(1), typed.group(2));
                labels.putIfAbsent(typed.group(1), new TreeSet<>());
            } else if (line.startsWith(PREFIX)) {
                String name = line.split("[{ ]", 2)[0].replaceAll("_(bucket|sum|count)$", "");
                Matcher label = LABEL.matcher(line);
                while (label.find()) {
                    if (!label.group(1).equals("le")) {
                        labels.computeIfAbsent(name, any -> new TreeSet<>()).add(label.group(1));
                    }
                }
            }
        }
        Map<String, Metric> metrics = new TreeMap<>();
        types.forEach((name, type) ->
                metrics.put(name, new Metric(help.getOrDefault(name, ""), type, labels.getOrDefault(name, Set.of()))));
        return metrics;
    }

    private static String scrape() throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(NODE.management().resolve("/metrics"))
                        .build())
                .body();
    }

    private static int publish(TestProject project, String body) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(NODE.http() + "/v1/events"))
                        .header("Authorization", "Bearer " + project.key())
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build())
                .statusCode();
    }

    private static HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
