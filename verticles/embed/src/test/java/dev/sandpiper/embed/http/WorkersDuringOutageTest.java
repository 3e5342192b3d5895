package dev.sandpiper.embed.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import dev.sandpiper.testkit.PostgresFixture;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 120, unit = TimeUnit.SECONDS)
class WorkersDuringOutageTest {
    @Test
    void theyAreToldWaitAndGoOnWithoutConnectingAgain() {
        PostgresFixture postgres = PostgresFixture.own();
        try (TestNode node =
                TestNode.start(Map.of("DATABASE_URL", postgres.createDatabase().url()))) {
            TestProject project = node.createProject();
            var publisher = new Api(node, project.key());
            Workers.create(
                    node,
                    project,
                    "work",
                    new JsonObject()
                            .put("topics", new JsonArray().add("orders"))
                            .put("ack_wait", "1h"));
            try (SocketWorker worker = SocketWorker.of(node, project.key(), "work", 2)) {
                assertThat(publisher.publish("orders", 1).statusCode()).isEqualTo(201);
                JsonObject delivery = worker.next("delivery");

                // Not killed: a server for tests does not write down at once what it acknowledges.
                postgres.server().stop();
                assertThat(worker.next("state").getString("state")).isEqualTo("interrupted");
                JsonObject refusal = worker.say("ack", delivery).next("error");
                assertThat(refusal.getString("name")).isEqualTo("DATABASE_UNAVAILABLE");
                assertThat(refusal.getString("token")).isEqualTo(delivery.getString("token"));
                assertThat(refusal.containsKey("retry_after")).isTrue();

                postgres.server().restart();
                assertThat(worker.next("state").getString("state")).isEqualTo("active");
                worker.acknowledge(delivery);
                assertThat(publisher.publish("orders", 2).statusCode()).isEqualTo(201);
                worker.acknowledge(worker.next("delivery"));
            }
        } finally {
            postgres.server().kill();
        }
    }
}
