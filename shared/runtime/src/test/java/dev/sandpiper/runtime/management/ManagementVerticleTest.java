package dev.sandpiper.runtime.management;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.testkit.Eventually;
import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ManagementVerticleTest {
    private final NodeMetrics metrics = new NodeMetrics("node-1");
    private final Health health = new Health();
    private final ManagementVerticle management =
            new ManagementVerticle(new ManagementConfig("127.0.0.1", 0), health, metrics, "node-1");
    private final HttpClient client = HttpClient.newHttpClient();

    @SuppressWarnings("NullAway.Init")
    private Vertx vertx;

    @BeforeEach
    void start() throws Exception {
        vertx = Vertx.builder()
                .with(new VertxOptions().setMetricsOptions(metrics.vertxOptions()))
                .withMetrics(metrics.vertxFactory())
                .build();
        metrics.watch(vertx);
        vertx.deployVerticle(management).await(10, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() throws Exception {
        vertx.close().await(10, TimeUnit.SECONDS);
        metrics.close();
    }

    @Test
    void aLivingNodeSaysSoEvenBeforeItIsReady() throws Exception {
        assertThat(get("/health/live").statusCode()).isEqualTo(200);
        assertThat(get("/health/started").statusCode()).isEqualTo(503);
        assertThat(get("/health/ready").statusCode()).isEqualTo(503);
    }

    @Test
    void aNodeWithAStuckEventLoopIsNotAlive() throws Exception {
        var release = new CountDownLatch(1);
        List<EventExecutor> loops = new ArrayList<>();
        ((VertxInternal) vertx).nettyEventLoopGroup().forEach(loops::add);
        // The last one: the first serves this listener.
        loops.getLast().execute(() -> awaitQuietly(release));

        int status = Eventually.get(
                "the node is not alive",
                Duration.ofSeconds(20),
                () -> get("/health/live").statusCode(),
                code -> code == 503);

        release.countDown();
        assertThat(status).isEqualTo(503);
    }

    @Test
    void readinessNamesEveryCheck() throws Exception {
        health.started();
        health.add(HealthCheck.of("event-store", () -> Future.failedFuture("not connected")));

        HttpResponse<String> answer = get("/health/ready");

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
        var body = new JsonObject(answer.body());
        assertThat(body.getString("status")).isEqualTo("unavailable");
        assertThat(body.getString("node")).isEqualTo("node-1");
        JsonObject checks = body.getJsonObject("checks");
        assertThat(checks.getJsonObject("event-store"))
                .isEqualTo(new JsonObject().put("ok", false).put("reason", "not connected"));
        assertThat(checks.getJsonObject("started")).isEqualTo(new JsonObject().put("ok", true));
    }

    @Test
    void aNodeThatIsWellIsReady() throws Exception {
        health.started();
        health.add(HealthCheck.of("event-store", Future::succeededFuture));

        assertThat(get("/health/ready").statusCode()).isEqualTo(200);
        assertThat(get("/health/started").statusCode()).isEqualTo(200);
    }

    @Test
    void metricsTellOfMemoryOfEventLoopsAndOfFeatures() throws Exception {
        metrics.registry().counter("sandpiper.test.things").increment();

        HttpResponse<String> answer = get("/metrics");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
        assertThat(answer.body())
                .contains("jvm_memory_used_bytes")
                .contains("process_cpu_usage")
                .contains("sandpiper_eventloop_lag_seconds_bucket")
                .contains("sandpiper_test_things_total 1.0");
    }

    @Test
    void nothingElseIsServed() throws Exception {
        assertThat(get("/").statusCode()).isEqualTo(404);
        var post = HttpRequest.newBuilder(uri("/metrics"))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        assertThat(client.send(post, HttpResponse.BodyHandlers.discarding()).statusCode())
                .isEqualTo(405);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + management.port() + path);
    }
}
