package dev.sandpiper.embed.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sandpiper.domain.Scope;
import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import dev.sandpiper.runtime.auth.IssuedKey;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Workers that hear by server-sent events and speak by REST. */
class ConsumeByStreamTest {
    private static final TestNode NODE = TestNode.shared();

    private final TestProject project = NODE.createProject();
    private final Api publisher = new Api(NODE, project.key());

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void eventsAreStreamedAndAcknowledgedByRest(HttpClient.Version version) {
        Workers workers = consumer("30s");
        try (StreamWorker worker = StreamWorker.of(NODE, project.key(), "work", 2, version)) {
            publish(1, 2, 3);
            JsonObject first = worker.next("delivery");
            assertThat(Workers.data(first)).isEqualTo(1);
            assertThat(Workers.data(worker.next("delivery"))).isEqualTo(2);
            worker.hearsNothing(1_200);

            workers.acknowledge(first);

            JsonObject third = worker.next("delivery");
            assertThat(Workers.data(third)).isEqualTo(3);
            assertThat(third.getInteger("delivery")).isEqualTo(1);
            workers.say("nack", third.getString("token"));
            assertThat(worker.next("delivery").getInteger("delivery")).isEqualTo(2);
        }
    }

    @Test
    void streamsAndSocketsShareTheWork() {
        Workers workers = consumer("30s");
        try (StreamWorker stream = StreamWorker.of(NODE, project.key(), "work", 1);
                SocketWorker socket = SocketWorker.of(NODE, project.key(), "work", 1)) {
            publish(1, 2, 3);
            JsonObject mine = stream.next("delivery");
            JsonObject other = socket.next("delivery");
            List<Object> seen = new ArrayList<>(List.of(Workers.data(mine), Workers.data(other)));
            assertThat(seen).containsExactlyInAnyOrder(1, 2);

            // A worker may say what it likes where it likes.
            socket.acknowledge(mine.put("consumer", "work"));
            assertThat(Workers.data(stream.next("delivery"))).isEqualTo(3);
            workers.acknowledge(other);
            publish(4);
            assertThat(Workers.data(socket.next("delivery"))).isEqualTo(4);
        }
    }

    @Test
    void whatABrokenStreamHadStaysWithItsWorkerForItsTime() {
        Workers workers = consumer("2s");
        StreamWorker broken = StreamWorker.of(NODE, project.key(), "work", 10);
        publish(1, 2);
        JsonObject finished = broken.next("delivery");
        JsonObject lost = broken.next("delivery");
        broken.close();
        try (StreamWorker other = StreamWorker.of(NODE, project.key(), "work", 10)) {
            workers.acknowledge(finished);

            JsonObject again = other.next("delivery");

            assertThat(Workers.data(again)).isEqualTo(2);
            assertThat(again.getInteger("delivery")).isEqualTo(2);
            assertThat(Workers.code(workers.say("ack", lost.getString("token"))))
                    .isEqualTo("STALE_DELIVERY");
            workers.acknowledge(again);
            other.hearsNothing(300);
        }
    }

    @Test
    void aWorkerIsToldWhatTheOwnerDoesAndItsStreamEndsWithTheConsumer() {
        Workers workers = consumer("30s");
        try (StreamWorker worker = StreamWorker.of(NODE, project.key(), "work", 1)) {
            workers.change("pause", new JsonObject());
            assertThat(worker.next("state").getString("state")).isEqualTo("paused");
            workers.change("resume", new JsonObject());
            assertThat(worker.next("state").getString("state")).isEqualTo("active");
            publish(1);
            worker.next("delivery");
            workers.change("reset", new JsonObject().put("time", "2020-01-01T00:00:00Z"));
            assertThat(worker.next("state").getString("state")).isEqualTo("reset");
            assertThat(worker.next("delivery").getInteger("delivery")).isEqualTo(1);
            workers.delete();
            assertThat(worker.next("state").getString("state")).isEqualTo("deleted");
            worker.hasEnded();
        }
    }

    @Test
    void aRevokedKeyEndsTheStreamAndFreesItsEvents() {
        consumer("1h");
        IssuedKey key = project.issue(Scope.EVENTS_SUBSCRIBE);
        try (StreamWorker worker = StreamWorker.of(NODE, key.key().reveal(), "work", 10);
                StreamWorker other = StreamWorker.of(NODE, project.key(), "work", 1)) {
            publish(1, 2);
            JsonObject his = other.next("delivery");
            JsonObject lost = worker.next("delivery");

            TestNode.await(project.keys().revoke(project.tenant(), key.info().id()));

            assertThat(worker.next("error").getString("name")).isEqualTo("KEY_REVOKED");
            worker.hasEnded();
            new Workers(NODE, project, "work").acknowledge(his);
            JsonObject again = other.next("delivery");
            assertThat(Workers.data(again)).isEqualTo(Workers.data(lost));
            assertThat(again.getInteger("delivery")).isEqualTo(2);
        }
    }

    @TestFactory
    Stream<DynamicTest> badRequestsAreRefusedBeforeTheStreamBegins() {
        consumer("30s");
        String path = "/v1/consumers/work/stream";
        var api = new Api(NODE, project.key());
        var speaker = new Api(NODE, project.key(Scope.EVENTS_PUBLISH));
        var stranger = new Api(NODE, NODE.createProject().key());
        List<BadRequest> table = new ArrayList<>();
        for (String credit : new String[] {"0", "-1", "1001", "1.5", "many", "99999999999999999999"}) {
            table.add(BadRequest.bad(
                    "a credit of " + credit, api.request(path + "?credit=" + credit), 400, "INVALID_PARAMETER"));
        }
        table.add(BadRequest.bad("a credit twice", api.request(path + "?credit=1&credit=2"), 400, "INVALID_PARAMETER"));
        table.add(BadRequest.bad("an unknown parameter", api.request(path + "?since=x"), 400, "INVALID_PARAMETER"));
        table.add(BadRequest.bad(
                "an unknown consumer", api.request("/v1/consumers/none/stream"), 404, "RESOURCE_NOT_FOUND"));
        table.add(BadRequest.bad(
                "a consumer that cannot be", api.request("/v1/consumers/a.b/stream"), 400, "INVALID_PARAMETER"));
        table.add(BadRequest.bad("another tenant's consumer", stranger.request(path), 404, "RESOURCE_NOT_FOUND"));
        table.add(BadRequest.bad("a key that may only publish", speaker.request(path), 403, "INSUFFICIENT_SCOPE"));
        return table.stream().map(bad -> dynamicTest(bad.what(), bad::check));
    }

    private Workers consumer(String ackWait) {
        return Workers.create(
                NODE,
                project,
                "work",
                new JsonObject()
                        .put("topics", new JsonArray().add("orders"))
                        .put("start", "first")
                        .put("ack_wait", ackWait));
    }

    private void publish(int... data) {
        for (int each : data) {
            assertThat(publisher.publish("orders", each).statusCode()).isEqualTo(201);
        }
    }
}
