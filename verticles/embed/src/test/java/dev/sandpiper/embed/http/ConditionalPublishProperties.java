package dev.sandpiper.embed.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.embed.TestCluster;
import dev.sandpiper.embed.TestProject;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import org.jspecify.annotations.Nullable;

/** Publishers on two nodes who all know the same cursor and publish at the same moment. */
@Label("if_last_cursor")
class ConditionalPublishProperties {
    private static @Nullable TestCluster cluster;
    private static int topics;

    @AfterContainer
    static void close() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Property(tries = 100)
    void exactlyOneWinsAndAllOthersAreToldItsCursor(
            @ForAll @IntRange(min = 2, max = 8) int publishers,
            @ForAll @IntRange(min = 1, max = 4) int rounds,
            @ForAll boolean keyed,
            @ForAll boolean together)
            throws Exception {
        TestCluster nodes = cluster();
        TestProject project = Shared.PROJECT;
        String topic = "race-" + ++topics;
        String cursor = "";
        List<String> winners = new ArrayList<>();
        try (ExecutorService crowd = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < rounds; round++) {
                var begin = new CyclicBarrier(publishers);
                List<Future<HttpResponse<String>>> answers = new ArrayList<>();
                for (int p = 0; p < publishers; p++) {
                    String name = round + "-" + p;
                    var api = new Api(nodes.node(p % 2), project.key());
                    Callable<HttpResponse<String>> publish =
                            attempt(api, event(topic, name, cursor), together, keyed ? topic + name : null);
                    answers.add(crowd.submit(() -> {
                        begin.await();
                        return publish.call();
                    }));
                }
                cursor = judge(answers, winners, round);
            }
        }
        List<String> stored = new Api(nodes.node(0), project.key())
                .get("/v1/events?topic=" + topic).getJsonArray("messages").stream()
                        .map(message -> ((JsonObject) message).getString("data"))
                        .toList();
        assertThat(stored).isEqualTo(winners);
    }

    /** @return the winner's cursor */
    private static String judge(List<Future<HttpResponse<String>>> answers, List<String> winners, int round)
            throws Exception {
        String winner = "";
        for (int p = 0; p < answers.size(); p++) {
            HttpResponse<String> answer = answers.get(p).get();
            if (answer.statusCode() == 201) {
                assertThat(winner).as("one winner").isEmpty();
                var receipt = new JsonObject(answer.body());
                winner = (receipt.containsKey("receipts")
                                ? receipt.getJsonArray("receipts").getJsonObject(0)
                                : receipt)
                        .getString("cursor");
                winners.add(round + "-" + p);
            }
        }
        assertThat(winner).as("a winner").isNotEmpty();
        for (Future<HttpResponse<String>> done : answers) {
            HttpResponse<String> answer = done.get();
            if (answer.statusCode() != 201) {
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(409);
                JsonObject error = new JsonObject(answer.body()).getJsonObject("error");
                assertThat(error.getString("code")).isEqualTo("CURSOR_CONFLICT");
                assertThat(error.getJsonObject("details").getString("cursor")).isEqualTo(winner);
            }
        }
        return winner;
    }

    private static Callable<HttpResponse<String>> attempt(
            Api api, String event, boolean together, @Nullable String key) {
        String path = together ? "/v1/events/transaction" : "/v1/events";
        String body = together ? "[" + event + "]" : event;
        return () -> key == null ? api.post(path, body) : api.post(path, body, "Idempotency-Key", key);
    }

    private static String event(String topic, String data, String cursor) {
        return "{\"topic\":\"" + topic + "\",\"data\":\"" + data + "\",\"if_last_cursor\":\"" + cursor + "\"}";
    }

    private static TestCluster cluster() {
        TestCluster running = cluster;
        if (running == null) {
            running = TestCluster.start(Map.of(), List.of(Map.of(), Map.of()));
            cluster = running;
        }
        return running;
    }

    /** Made when it is first asked for. */
    private static final class Shared {
        static final TestProject PROJECT = cluster().createProject();
    }
}
