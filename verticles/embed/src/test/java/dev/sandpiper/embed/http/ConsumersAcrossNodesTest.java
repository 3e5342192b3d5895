package dev.sandpiper.embed.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.embed.TestCluster;
import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConsumersAcrossNodesTest {
    private static final JsonObject SETTINGS = new JsonObject()
            .put("topics", new JsonArray().add("orders"))
            .put("start", "first")
            .put("ack_wait", "2s");

    @Test
    void anyNodeServesWhatAnotherBeganAlsoWhenThatOneIsGone() {
        try (TestCluster cluster = TestCluster.start(Map.of(), List.of(Map.of(), Map.of()))) {
            TestProject project = cluster.createProject();
            TestNode first = cluster.node(0);
            TestNode second = cluster.node(1);
            Workers here = Workers.create(first, project, "billing", SETTINGS);
            Workers there = new Workers(second, project, "billing");
            for (int i = 1; i <= 3; i++) {
                assertThat(new Api(second, project.key()).publish("orders", i).statusCode())
                        .isEqualTo(201);
            }

            JsonObject one = here.fetchOne();
            there.acknowledge(one);
            assertThat(here.say("ack", one.getString("token")).statusCode()).isEqualTo(200);

            JsonObject two = here.fetchOne();
            JsonObject three = there.fetchOne();
            here.change("pause", new JsonObject());
            assertThat(there.fetch(1, "0s")).isEmpty();
            here.change("resume", new JsonObject());
            TestNode.await(first.sandpiper().shutdown());

            assertThat(there.say("ack", two.getString("token")).statusCode()).isEqualTo(200);
            there.acknowledge(three);
            assertThat(there.fetch(1, "3s")).isEmpty();
            assertThat(there.state().getInteger("pending")).isZero();
        }
    }

    @Test
    void aWorkerOnAStreamMaySpeakToAnotherNode() {
        try (TestCluster cluster = TestCluster.start(Map.of(), List.of(Map.of(), Map.of()))) {
            TestProject project = cluster.createProject();
            TestNode first = cluster.node(0);
            TestNode second = cluster.node(1);
            Workers.create(first, project, "billing", SETTINGS.copy().put("ack_wait", "1h"));
            Workers there = new Workers(second, project, "billing");
            for (int i = 1; i <= 3; i++) {
                assertThat(new Api(second, project.key()).publish("orders", i).statusCode())
                        .isEqualTo(201);
            }
            try (StreamWorker stream = StreamWorker.of(first, project.key(), "billing", 1);
                    SocketWorker socket = SocketWorker.connect(second, project.key())) {
                there.acknowledge(stream.next("delivery"));
                JsonObject two = stream.next("delivery");
                assertThat(Workers.data(two)).isEqualTo(2);

                // A node that goes away takes nothing from the workers that were connected to it.
                TestNode.await(first.sandpiper().shutdown());
                assertThat(stream.next("error").getString("name")).isEqualTo("SHUTTING_DOWN");
                socket.acknowledge(two);
                assertThat(Workers.data(socket.consume("billing", 1).next("delivery")))
                        .isEqualTo(3);
            }
        }
    }
}
