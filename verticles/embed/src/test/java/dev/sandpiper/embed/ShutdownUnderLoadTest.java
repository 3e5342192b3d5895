package dev.sandpiper.embed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.runtime.events.StartPosition;
import dev.sandpiper.testkit.Eventually;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShutdownUnderLoadTest {
    private static final int CLIENTS = 16;

    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final ConcurrentLinkedQueue<String> unanswered = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Integer> otherStatuses = new ConcurrentLinkedQueue<>();
    private final AtomicInteger refused = new AtomicInteger();
    private volatile boolean going = true;

    @Test
    void whatWasAcceptedIsAnsweredAndWhatWasAcknowledgedIsThere() throws Exception {
        try (TestCluster cluster = TestCluster.start(Map.of(), List.of(Map.of(), Map.of()))) {
            TestProject project = cluster.createProject();
            Received received = Received.on(cluster.node(1).sandpiper(), project, "load", new StartPosition.Live());
            TestNode leaving = cluster.node(0);
            List<Thread> clients = IntStream.range(0, CLIENTS)
                    .mapToObj(i -> Thread.ofPlatform()
                            .name("client-" + i)
                            .start(() -> publishUntilRefused(leaving.http(), project, i)))
                    .toList();
            Eventually.await("load flows", () -> acknowledged.size() > 500);

            Future<Void> shutdown = leaving.sandpiper().shutdown();
            TestNode.await(shutdown);
            going = false;
            for (Thread client : clients) {
                client.join();
            }

            assertThat(unanswered).isEmpty();
            assertThat(otherStatuses).isEmpty();
            assertThat(refused.get()).isGreaterThanOrEqualTo(CLIENTS);
            Eventually.await(
                    "everything acknowledged is received",
                    Duration.ofSeconds(10),
                    () -> new HashSet<>(received.data()).containsAll(acknowledged));
            assertThat(received.data()).doesNotHaveDuplicates();
        }
    }

    /** One request after the other, as most clients do, on connections that are kept. */
    private void publishUntilRefused(URI node, TestProject project, int number) {
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            for (int i = 0; going; i++) {
                String data = "\"" + number + "-" + i + "\"";
                if (!publish(client, node, project, data)) {
                    return;
                }
            }
        }
    }

    private boolean publish(HttpClient client, URI node, TestProject project, String data) {
        var request = HttpRequest.newBuilder(node.resolve("/v1/events"))
                .header("Authorization", "Bearer " + project.key())
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(20))
                .POST(HttpRequest.BodyPublishers.ofString("{\"topic\":\"load\",\"data\":" + data + "}"))
                .build();
        try {
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            switch (answer.statusCode()) {
                case 201 -> acknowledged.add(data);
                case 503 -> {
                    refused.incrementAndGet();
                    return false;
                }
                default -> otherStatuses.add(answer.statusCode());
            }
            return true;
        } catch (ConnectException e) {
            // Nobody listens any more: nothing was accepted.
            refused.incrementAndGet();
            return false;
        } catch (IOException e) {
            unanswered.add(e.toString());
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
