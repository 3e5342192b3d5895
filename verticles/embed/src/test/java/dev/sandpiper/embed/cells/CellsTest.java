package dev.sandpiper.embed.cells;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.Scope;
import dev.sandpiper.embed.TestCluster;
import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import dev.sandpiper.testkit.Eventually;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CellsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Map<String, String> FOUR =
            Map.of("CELLS", "4", "CELLS_SETTLE", "0s", "CELLS_POLL_INTERVAL", "100ms", "RETENTION_INTERVAL", "200ms");

    private static Map<String, String> and(Map<String, String> settings, String name, String value) {
        Map<String, String> all = new HashMap<>(settings);
        all.put(name, value);
        return all;
    }

    private static Rest operator(TestNode node, TestProject project) {
        return new Rest(node, project.key(Scope.PLATFORM_OPERATE));
    }

    /** Numbers of the streams that have events. */
    private static Map<String, Long> streams(Rest operator) {
        Map<String, Long> events = new HashMap<>();
        JsonArray items = operator.get("/v1/admin/streams").getJsonArray("items");
        items.forEach(one -> {
            JsonObject stream = (JsonObject) one;
            String name = stream.getString("name");
            events.put(name.substring(name.indexOf("EVENTS")), stream.getLong("events"));
        });
        return events;
    }

    private static List<Integer> upTo(int end) {
        return IntStream.range(0, end).boxed().toList();
    }

    @Test
    void tenantsAreSpreadAndEverythingWorksInEveryStream() {
        try (TestNode node = TestNode.start(FOUR)) {
            List<TestProject> projects =
                    IntStream.range(0, 12).mapToObj(i -> node.createProject()).toList();
            for (TestProject project : projects) {
                var rest = new Rest(node, project.key());
                List<String> cursors = rest.publish("orders", 0, 5);
                assertThat(rest.history("orders")).isEqualTo(upTo(5));
                JsonObject page = rest.since("orders", cursors.get(1));
                assertThat(page.getBoolean("recovered")).isTrue();
                assertThat(Rest.numbers(page)).containsExactly(2, 3, 4);
                JsonObject poll = rest.get("/v1/poll?topics=orders&since=" + cursors.get(2));
                assertThat(Rest.numbers(poll)).containsExactly(3, 4);
            }
            Rest operator = operator(node, projects.getFirst());
            Map<String, Long> streams = streams(operator);
            assertThat(streams).hasSize(4);
            assertThat(streams.values().stream().mapToLong(Long::longValue).sum())
                    .isEqualTo(60);
            assertThat(streams.values().stream().filter(events -> events > 0).count())
                    .isGreaterThan(1);
            JsonArray usage = operator.get("/v1/admin/streams/usage").getJsonArray("items");
            assertThat(usage).hasSize(12);
            usage.forEach(
                    one -> assertThat(((JsonObject) one).getLong("events")).isEqualTo(5));
            JsonObject check = operator.json("POST", "/v1/admin/streams/check", "");
            assertThat(check.getBoolean("clean")).as(check.encode()).isTrue();
            assertThat(check.getLong("events")).isEqualTo(60);
        }
    }

    @Test
    void consumersDeadLettersLimitsAndPurgesFindTheTenantsStream() {
        try (TestNode node = TestNode.start(FOUR)) {
            Set<String> used = new HashSet<>();
            TestProject first = node.createProject();
            Rest operator = operator(node, first);
            for (int i = 0; i < 40 && used.size() < 3; i++) {
                TestProject project = node.createProject();
                var rest = new Rest(node, project.key());
                Map<String, Long> before = streams(operator);
                rest.publish("orders", 0, 6);
                String stream = streams(operator).entrySet().stream()
                        .filter(entry -> entry.getValue() > before.getOrDefault(entry.getKey(), 0L))
                        .map(Map.Entry::getKey)
                        .findFirst()
                        .orElseThrow();
                if (used.add(stream)) {
                    useEverything(node, project);
                }
            }
            assertThat(used).hasSizeGreaterThanOrEqualTo(3);
            JsonObject check = operator.json("POST", "/v1/admin/streams/check", "");
            assertThat(check.getBoolean("clean")).as(check.encode()).isTrue();
        }
    }

    private static void useEverything(TestNode node, TestProject project) {
        var rest = new Rest(node, project.key());
        var admin = new Rest(node, project.key(Scope.ADMIN_READ, Scope.ADMIN_WRITE, Scope.EVENTS_SUBSCRIBE));
        admin.json("POST", "/v1/consumers", """
                {"name":"billing","topics":["orders"],"start":"first","ack_wait":"30s","max_deliver":3}""");
        JsonObject fetched = rest.json("POST", "/v1/consumers/billing/fetch", "{\"batch\":10,\"wait\":\"5s\"}");
        JsonArray deliveries = fetched.getJsonArray("deliveries");
        assertThat(deliveries).as(fetched.encode()).hasSize(6);
        List<String> tokens = new ArrayList<>();
        deliveries.forEach(one -> tokens.add(((JsonObject) one).getString("token")));
        rest.json(
                "POST",
                "/v1/consumers/billing/ack",
                new JsonObject()
                        .put("tokens", new JsonArray(tokens.subList(0, 5)))
                        .encode());
        rest.json(
                "POST",
                "/v1/consumers/billing/term",
                new JsonObject()
                        .put("tokens", new JsonArray(tokens.subList(5, 6)))
                        .put("reason", "no such account")
                        .encode());
        Eventually.succeeds(PATIENCE, () -> {
            JsonObject letters = rest.get("/v1/dead-letters");
            assertThat(letters.getJsonArray("items")).as(letters.encode()).hasSize(1);
        });
        String letter = rest.get("/v1/dead-letters")
                .getJsonArray("items")
                .getJsonObject(0)
                .getString("id");
        rest.json("POST", "/v1/dead-letters/" + letter + "/redrive", "{\"to\":\"consumer\"}");
        JsonObject again = rest.json("POST", "/v1/consumers/billing/fetch", "{\"batch\":10,\"wait\":\"5s\"}");
        assertThat(again.getJsonArray("deliveries")).as(again.encode()).hasSize(1);
        admin.json(
                "POST", "/v1/admin/streams/purge", "{\"project\":\"main\",\"topics\":\"orders\",\"confirm\":\"main\"}");
        assertThat(rest.history("orders")).isEmpty();
        admin.json("PUT", "/v1/admin/retention?project=main", "{\"max_events\":3}");
        rest.publish("orders", 6, 10);
        Eventually.succeeds(PATIENCE, () -> assertThat(rest.history("orders")).containsExactly(13, 14, 15));
        // What is remembered of a key lies with the events.
        admin.json("PUT", "/v1/topics/exact", "{\"class\":\"exactly-once\",\"dedupe_window\":\"1h\"}");
        String once = "{\"topic\":\"exact\",\"data\":1,\"key\":\"k\"}";
        String cursor = rest.json("POST", "/v1/events", once).getString("cursor");
        JsonObject repeated = rest.json("POST", "/v1/events", once);
        assertThat(repeated.getBoolean("duplicate")).isTrue();
        assertThat(repeated.getString("cursor")).isEqualTo(cursor);
        JsonObject together = rest.json("POST", "/v1/events/transaction", """
                [{"topic":"x","data":1},{"topic":"y","data":2}]""");
        assertThat(together.getJsonArray("receipts")).as(together.encode()).hasSize(2);
        assertThat(rest.history("y")).containsExactly(2);
    }

    @Test
    void whenStreamsAreAddedTenantsStayWhereTheyAre() {
        Map<String, String> place;
        List<TestProject> projects;
        Map<TestProject, List<String>> cursors = new HashMap<>();
        try (TestNode node = TestNode.start(Map.of())) {
            place = Map.of(
                    "DATABASE_URL", node.settings().get("SANDPIPER_DATABASE_URL"),
                    "NATS_NAMESPACE", node.settings().get("SANDPIPER_NATS_NAMESPACE"));
            projects = IntStream.range(0, 8).mapToObj(i -> node.createProject()).toList();
            projects.forEach(project -> cursors.put(project, new Rest(node, project.key()).publish("orders", 0, 3)));
        }
        Map<String, String> grown = new HashMap<>(FOUR);
        grown.putAll(place);
        try (TestNode node = TestNode.start(grown)) {
            for (TestProject project : projects) {
                var rest = new Rest(node, project.key());
                rest.publish("orders", 3, 2);
                JsonObject page = rest.since(
                        "orders", Objects.requireNonNull(cursors.get(project)).getFirst());
                assertThat(page.getBoolean("recovered")).isTrue();
                assertThat(Rest.numbers(page)).containsExactly(1, 2, 3, 4);
            }
            Rest operator = new Rest(node, node.createProject().key(Scope.PLATFORM_OPERATE));
            assertThat(streams(operator)).containsEntry("EVENTS", 40L).containsEntry("EVENTS-1", 0L);
            List<TestProject> fresh =
                    IntStream.range(0, 12).mapToObj(i -> node.createProject()).toList();
            fresh.forEach(project -> new Rest(node, project.key()).publish("orders", 0, 1));
            Map<String, Long> spread = streams(operator);
            assertThat(spread.getOrDefault("EVENTS", 0L)).isLessThan(52);
            assertThat(spread.values().stream().mapToLong(Long::longValue).sum())
                    .isEqualTo(52);
        }
        // A node that was not told of the new streams finds them.
        try (TestNode node = TestNode.start(place)) {
            for (TestProject project : projects) {
                assertThat(new Rest(node, project.key()).history("orders")).isEqualTo(upTo(5));
            }
            assertThat(streams(new Rest(node, node.createProject().key(Scope.PLATFORM_OPERATE))))
                    .hasSize(4);
        }
    }

    @Test
    void whatOneNodePublishesAnotherDeliversInWhateverStreamItLies() {
        try (TestCluster cluster = TestCluster.start(and(FOUR, "EVENT_LOOPS", "1"), List.of(Map.of(), Map.of()))) {
            for (int i = 0; i < 8; i++) {
                TestProject project = cluster.createProject();
                var one = new Rest(cluster.node(0), project.key());
                var other = new Rest(cluster.node(1), project.key());
                String cursor = one.publish("orders", 0, 1).getFirst();
                other.publish("orders", 1, 1);
                assertThat(Rest.numbers(other.get("/v1/poll?topics=orders&since=" + cursor)))
                        .containsExactly(1);
                assertThat(one.history("orders")).containsExactly(0, 1);
                assertThat(other.history("orders")).containsExactly(0, 1);
            }
        }
    }
}
