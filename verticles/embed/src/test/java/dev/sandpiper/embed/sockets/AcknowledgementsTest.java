package dev.sandpiper.embed.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.embed.TestCluster;
import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import dev.sandpiper.testkit.Eventually;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a client acknowledges is behind it; the rest comes again. */
class AcknowledgementsTest {
    private static final JsonObject NOTHING = new JsonObject();

    private final TestNode node = TestNode.shared();
    private final TestProject project = node.createProject();
    private final RestClient rest = new RestClient(node, project.key());

    private void publish(int from, int through) {
        IntStream.rangeClosed(from, through).forEach(i -> rest.publish("a", i));
    }

    private AckClient connect() {
        return new AckClient(node, project.key(), "a");
    }

    private static List<Integer> numbers(int from, int through) {
        return IntStream.rangeClosed(from, through).boxed().toList();
    }

    private static JsonObject window(int size) {
        return new JsonObject().put("max_unacked", size);
    }

    @Test
    void noMoreIsSentThanMayWaitForAcknowledgements() {
        String begin = rest.publish("a", -1).getString("cursor");
        publish(0, 49);
        try (AckClient client = connect()) {
            JsonObject subscribed = client.subscribe(null, window(10).put("since", begin));
            assertThat(subscribed.getInteger("max_unacked")).isEqualTo(10);
            assertThat(subscribed.containsKey("resumed")).isFalse();
            List<JsonObject> first = client.take(10);
            assertThat(client.isQuiet()).isTrue();
            // With half of them there is room again.
            client.ack(first.get(3).getString("cursor"));
            assertThat(client.isQuiet()).isTrue();
            client.ack(first.get(4).getString("cursor"));
            List<JsonObject> second = client.take(5);
            assertThat(second.getLast().getInteger("data")).isEqualTo(14);
            assertThat(client.isQuiet()).isTrue();
            // All of them, again and again, through the past and into what is live.
            String cursor = second.getLast().getString("cursor");
            for (int i = 15; i < 45; i += 10) {
                client.ack(cursor);
                List<JsonObject> batch = client.take(10);
                assertThat(batch.getFirst().getInteger("data")).isEqualTo(i);
                cursor = batch.getLast().getString("cursor");
            }
            client.ack(cursor);
            assertThat(client.numbers(5)).isEqualTo(numbers(45, 49));
            publish(50, 69);
            assertThat(client.numbers(5)).isEqualTo(numbers(50, 54));
            assertThat(client.isQuiet()).isTrue();
        }
    }

    @Test
    void whatWasNotAcknowledgedComesAgain() {
        try (AckClient client = connect()) {
            assertThat(client.resume("till-3").getBoolean("resumed")).isFalse();
            publish(0, 9);
            client.ack(client.take(10).get(3).getString("cursor"));
        }
        publish(10, 11);
        try (AckClient client = connect()) {
            JsonObject subscribed = client.resume("till-3");
            assertThat(subscribed.getBoolean("resumed")).isTrue();
            assertThat(subscribed.getBoolean("recovered")).isTrue();
            List<JsonObject> events = client.take(8);
            assertThat(events.getFirst().getInteger("data")).isEqualTo(4);
            // One that is older, and one twice, change nothing.
            client.ack(events.get(5).getString("cursor")).ack(events.get(1).getString("cursor"));
            client.ack(events.get(5).getString("cursor"));
            assertThat(client.isQuiet()).isTrue();
        }
        try (AckClient client = connect()) {
            client.resume("till-3");
            assertThat(client.numbers(2)).isEqualTo(numbers(10, 11));
        }
    }

    @Test
    void aNewNameMissesNothingFromItsFirstSubscriptionOn() {
        try (AckClient client = connect()) {
            client.resume("new");
        }
        publish(0, 4);
        try (AckClient client = connect()) {
            assertThat(client.resume("new").getBoolean("resumed")).isTrue();
            assertThat(client.numbers(5)).isEqualTo(numbers(0, 4));
        }
    }

    @Test
    void aFrameThatSaysWhereToBeginMovesThePosition() {
        String begin = rest.publish("a", -1).getString("cursor");
        publish(0, 9);
        for (JsonObject start : List.of(
                new JsonObject().put("since", begin),
                new JsonObject().put("last", 10),
                new JsonObject().put("from", "2020-01-01T00:00:00Z").put("filter", "data >= 0"))) {
            try (AckClient client = connect()) {
                assertThat(client.subscribe("s", start).getBoolean("resumed")).isFalse();
                List<JsonObject> events = client.take(10);
                assertThat(events.getFirst().getInteger("data")).isZero();
                client.ack(events.get(6).getString("cursor"));
            }
            try (AckClient client = connect()) {
                client.resume("s");
                assertThat(client.numbers(3)).isEqualTo(numbers(7, 9));
            }
        }
    }

    @Test
    void whoComesLaterUnderANameTakesItOver() {
        try (AckClient first = connect();
                AckClient second = connect()) {
            first.resume("s");
            publish(0, 1);
            first.ack(first.take(2).get(0).getString("cursor"));
            assertThat(first.isQuiet()).isTrue();
            second.resume("s");
            assertThat(second.numbers(1)).containsExactly(1);
            assertThat(first.next().getString("name")).isEqualTo("POSITION_TAKEN");
            assertThat(first.next().getString("type")).isEqualTo("unsubscribed");
        }
    }

    @Test
    void thePositionIsTheSameOnEveryNode() {
        try (TestCluster cluster =
                TestCluster.start(Map.of("SOCKETS_ACK_INTERVAL", "20ms"), List.of(Map.of(), Map.of()))) {
            TestProject shared = cluster.createProject();
            var publisher = new RestClient(cluster.node(0), shared.key());
            try (AckClient first = new AckClient(cluster.node(0), shared.key(), "a");
                    AckClient second = new AckClient(cluster.node(1), shared.key(), "a")) {
                first.resume("s");
                IntStream.range(0, 10).forEach(i -> publisher.publish("a", i));
                List<JsonObject> events = first.take(10);
                first.ack(events.get(5).getString("cursor"));
                Eventually.await(() -> events.get(5)
                        .getString("cursor")
                        .equals(position(publisher).getString("cursor")));
                second.resume("s");
                assertThat(second.numbers(4)).isEqualTo(numbers(6, 9));
                // The first one learns of it with the next thing that it acknowledges, which is not remembered.
                first.ack(events.get(9).getString("cursor"));
                assertThat(first.next().getString("name")).isEqualTo("POSITION_TAKEN");
                assertThat(position(publisher).getString("cursor"))
                        .isEqualTo(events.get(5).getString("cursor"));
            }
        }
    }

    private static JsonObject position(RestClient rest) {
        return subscribers(rest, "").getJsonObject(0);
    }

    private static JsonArray subscribers(RestClient rest, String query) {
        HttpResponse<String> answer = rest.get("/v1/subscribers" + query);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return new JsonObject(answer.body()).getJsonArray("items");
    }

    @Test
    void positionsAreListedAndDeleted() {
        try (AckClient client = connect();
                var other = new AckClient(node, project.key(), "b")) {
            client.subscribe("s-1", NOTHING);
            other.subscribe("s-1", NOTHING);
            String cursor = rest.publish("a", 0).getString("cursor");
            client.take(1);
            client.ack(cursor);
            Eventually.await(() -> cursor.equals(position(rest).getString("cursor")));
            assertThat(position(rest).getString("subscriber")).isEqualTo("s-1");
            assertThat(position(rest).getString("channel")).isEqualTo("a");
            assertThat(position(rest).getInstant("used_at")).isNotNull();
            assertThat(subscribers(rest, "?subscriber=nobody")).isEmpty();
            JsonObject page = new JsonObject(rest.get("/v1/subscribers?limit=1").body());
            JsonArray second = subscribers(rest, "?limit=1&after=" + page.getString("next"));
            assertThat(second.getJsonObject(0).getString("channel")).isEqualTo("b");
            // Of no use to others.
            var stranger = new RestClient(node, node.createProject().key());
            assertThat(subscribers(stranger, "")).isEmpty();
            assertThat(delete(stranger, "s-1")).isEqualTo(404);
            assertThat(delete(rest, "s-1?channel=a")).isEqualTo(204);
            assertThat(delete(rest, "s-1?channel=a")).isEqualTo(404);
            assertThat(subscribers(rest, "")).hasSize(1);
            rest.publish("a", 1);
            client.ack(client.take(1).get(0).getString("cursor"));
            assertThat(client.next().getString("name")).isEqualTo("POSITION_TAKEN");
        }
    }

    private static int delete(RestClient rest, String what) {
        return RestClient.send(rest.request("/v1/subscribers/" + what).DELETE().build())
                .statusCode();
    }

    @Test
    void aProjectHasSoManyPositionsAndNoMore() {
        try (TestNode small = TestNode.start(Map.of("SOCKETS_MAX_SUBSCRIBER_POSITIONS", "2"))) {
            TestProject few = small.createProject();
            try (AckClient client = new AckClient(small, few.key(), "a")) {
                client.resume("one");
            }
            try (AckClient client = new AckClient(small, few.key(), "a")) {
                client.resume("two");
            }
            try (AckClient client = new AckClient(small, few.key(), "a")) {
                assertThat(client.resume("three").getString("name")).isEqualTo("TOO_MANY_POSITIONS");
                assertThat(client.resume("two").getBoolean("resumed")).isTrue();
            }
            // Of another project there may be as many.
            TestProject others = small.createProject();
            try (AckClient client = new AckClient(small, others.key(), "a")) {
                assertThat(client.resume("one").getBoolean("resumed")).isFalse();
            }
        }
    }
}
