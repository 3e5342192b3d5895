package dev.sandpiper.embed;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

class NodeTest {
    private final TestNode node = TestNode.shared();
    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void aNodeStartsAndBecomesReady() throws Exception {
        HttpResponse<String> answer = get(node.management().resolve("/health/ready"));

        assertThat(answer.body()).contains("\"status\":\"ok\"");
        assertThat(answer.statusCode()).isEqualTo(200);
        JsonObject checks = new JsonObject(answer.body()).getJsonObject("checks");
        assertThat(checks.fieldNames())
                .containsExactlyInAnyOrder("started", "serving", "cluster", "event-store", "feed", "postgresql");
    }

    @Test
    void itsMetricsTellOfEveryPart() throws Exception {
        HttpResponse<String> answer = get(node.management().resolve("/metrics"));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body())
                .contains("sandpiper_cluster_nodes 1.0")
                .containsPattern("sandpiper_eventstore_connected\\{stream=\"[^\"]*EVENTS\"} 1.0")
                .contains("sandpiper_postgres_query")
                .contains("sandpiper_eventloop_lag")
                .contains("sandpiper_http_inflight")
                .contains("sandpiper_feed_")
                .contains("jvm_memory_used_bytes");
    }

    @Test
    void whatIsPublishedOverHttpIsAcknowledged() throws Exception {
        TestProject project = node.createProject();
        var request = HttpRequest.newBuilder(node.http().resolve("/v1/events"))
                .header("Authorization", "Bearer " + project.key())
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"topic\":\"greetings\",\"data\":{\"hello\":\"world\"}}"))
                .build();

        HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        assertThat(new JsonObject(answer.body()).getString("topic")).isEqualTo("greetings");
    }

    @Test
    void theManagementListenerIsNotThePublicOne() throws Exception {
        assertThat(get(node.http().resolve("/metrics")).statusCode()).isEqualTo(404);
        assertThat(get(node.management().resolve("/v1/version")).statusCode()).isEqualTo(404);
        assertThat(get(node.http().resolve("/v1/version")).statusCode()).isEqualTo(200);
    }

    private HttpResponse<String> get(URI uri) throws Exception {
        return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
}
