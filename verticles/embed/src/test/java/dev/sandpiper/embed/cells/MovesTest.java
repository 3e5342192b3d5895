package dev.sandpiper.embed.cells;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.Scope;
import dev.sandpiper.embed.TestCluster;
import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import dev.sandpiper.testkit.Eventually;
import dev.sandpiper.testkit.TestDatabase;
import dev.sandpiper.testkit.clients.Publishers;
import dev.sandpiper.testkit.clients.ResumingSubscriber;
import dev.sandpiper.testkit.clients.StoredTopic;
import dev.sandpiper.testkit.history.Entry;
import dev.sandpiper.testkit.history.History;
import dev.sandpiper.testkit.history.Reader;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tenants on their way from one stream to another. */
class MovesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final Map<String, String> THREE =
            Map.of("CELLS", "3", "CELLS_SETTLE", "0s", "CELLS_POLL_INTERVAL", "200ms", "CELLS_SWEEP", "1s");

    private static final TestNode NODE = TestNode.start(THREE);

    @AfterAll
    static void stop() {
        NODE.close();
    }

    private final TestProject project = NODE.createProject();
    private final Rest client = new Rest(NODE, project.key());
    private final Rest operator = new Rest(NODE, project.key(Scope.PLATFORM_OPERATE));

    private static String place(Rest operator, TestProject project) {
        for (Object one : operator.get("/v1/admin/streams/tenants?limit=500").getJsonArray("items")) {
            JsonObject item = (JsonObject) one;
            if (item.getString("tenant").equals(project.tenant().value())) {
                return plain(item.getString("stream"));
            }
        }
        return "";
    }

    private static String plain(String stream) {
        return stream.substring(stream.indexOf("EVENTS"));
    }

    private static String elsewhere(String stream) {
        return stream.equals("EVENTS-1") ? "EVENTS-2" : "EVENTS-1";
    }

    private static void begin(Rest operator, TestProject project, String to) {
        JsonObject move = operator.json(
                "POST",
                "/v1/admin/streams/moves",
                new JsonObject()
                        .put("tenant", project.tenant().value())
                        .put("to", to)
                        .encode());
        assertThat(move.getString("state")).isEqualTo("copying");
    }

    private static JsonObject newest(Rest operator, TestProject project) {
        for (Object one : operator.get("/v1/admin/streams/moves").getJsonArray("items")) {
            JsonObject move = (JsonObject) one;
            if (move.getString("tenant").equals(project.tenant().value())) {
                return move;
            }
        }
        throw new AssertionError("no move");
    }

    private static void awaitState(Rest operator, TestProject project, String... states) {
        Eventually.succeeds(
                PATIENCE,
                () -> assertThat(newest(operator, project).getString("state"))
                        .as(newest(operator, project).encode())
                        .isIn((Object[]) states));
    }

    private static void move(Rest operator, TestProject project, String to) {
        begin(operator, project, to);
        awaitState(operator, project, "done");
        assertThat(place(operator, project)).isEqualTo(to);
    }

    @Test
    void everyCursorAndTimeOfATenantThatHasMovedTwiceAndCameBackGoesOnWhereItWas() {
        List<String> cursors = new ArrayList<>(client.publish("orders", 0, 20));
        client.publish("other", 100, 3);
        Instant between = Instant.now();
        String home = place(operator, project);
        List<String> ids = ids("orders");
        List<String> times = times("orders");

        int published = 20;
        for (String to : List.of("EVENTS-1", "EVENTS-2", "EVENTS", "EVENTS-1", home)) {
            if (to.equals(place(operator, project))) {
                continue;
            }
            move(operator, project, to);
            assertThat(ids("orders").subList(0, ids.size())).isEqualTo(ids);
            assertThat(times("orders").subList(0, times.size())).isEqualTo(times);
            for (int i = 0; i < cursors.size(); i++) {
                JsonObject page = client.since("orders", cursors.get(i));
                assertThat(page.getBoolean("recovered"))
                        .as("after " + i + " in " + to)
                        .isTrue();
                assertThat(Rest.numbers(page))
                        .as("after " + i + " in " + to)
                        .isEqualTo(IntStream.range(i + 1, published).boxed().toList());
            }
            JsonObject old = client.get("/v1/events?topic=orders&limit=1000&until=" + between);
            assertThat(Rest.numbers(old))
                    .isEqualTo(IntStream.range(0, 20).boxed().toList());
            JsonObject young = client.get("/v1/events?topic=orders&limit=1000&from=" + between);
            assertThat(Rest.numbers(young))
                    .isEqualTo(IntStream.range(20, published).boxed().toList());
            cursors.addAll(client.publish("orders", published, 3));
            published += 3;
            ids = ids("orders");
            times = times("orders");
        }
        assertThat(client.history("other")).containsExactly(100, 101, 102);
        JsonObject check = operator.json("POST", "/v1/admin/streams/check", "");
        assertThat(check.getBoolean("clean")).as(check.encode()).isTrue();
    }

    private List<String> ids(String topic) {
        return members(topic, "id");
    }

    private List<String> times(String topic) {
        return members(topic, "timestamp");
    }

    private List<String> members(String topic, String member) {
        return client.get("/v1/events?limit=1000&topic=" + topic).getJsonArray("messages").stream()
                .map(one -> ((JsonObject) one).getString(member))
                .toList();
    }

    @Test
    void aKeyThatWasUsedBeforeTheMoveIsRecognisedAfterIt() {
        String event =
                "{\"topic\":\"orders\",\"data\":1,\"key\":\"k\",\"headers\":{\"empty\":\"\",\"where\":\"50% größer\"}}";
        client.json("POST", "/v1/events", event);
        move(operator, project, elsewhere(place(operator, project)));
        assertThat(client.json("POST", "/v1/events", event).getBoolean("duplicate"))
                .isTrue();
        assertThat(client.history("orders")).containsExactly(1);
        JsonObject message =
                client.get("/v1/events?topic=orders").getJsonArray("messages").getJsonObject(0);
        assertThat(message.getJsonObject("headers"))
                .isEqualTo(new JsonObject().put("empty", "").put("where", "50% größer"));
    }

    @Test
    void whatHadGoneBeforeTheMoveIsNotTakenForThere() {
        List<String> cursors = client.publish("orders", 0, 10);
        client.publish("other", 0, 1);
        var admin = new Rest(NODE, project.key(Scope.ADMIN_WRITE));
        JsonObject page = client.get("/v1/events?topic=orders&limit=1000");
        assertThat(Rest.numbers(page)).hasSize(10);
        admin.json(
                "POST", "/v1/admin/streams/purge", "{\"project\":\"main\",\"topics\":\"orders\",\"confirm\":\"main\"}");
        List<String> later = client.publish("orders", 10, 2);
        move(operator, project, elsewhere(place(operator, project)));
        JsonObject behind = client.since("orders", cursors.get(3));
        assertThat(behind.getBoolean("recovered")).isFalse();
        JsonObject beside = client.since("orders", later.getFirst());
        assertThat(beside.getBoolean("recovered")).isTrue();
        assertThat(Rest.numbers(beside)).containsExactly(11);
    }

    @Test
    void aTenantWithConsumersOrRememberedKeysStays() {
        client.publish("orders", 0, 2);
        String home = place(operator, project);
        var admin = new Rest(NODE, project.key(Scope.ADMIN_WRITE, Scope.EVENTS_SUBSCRIBE));
        admin.json("POST", "/v1/consumers", "{\"name\":\"billing\",\"topics\":[\"orders\"]}");
        assertThat(refusal(elsewhere(home))).isEqualTo("consumers");
        admin.send("DELETE", "/v1/consumers/billing", "");
        admin.json("PUT", "/v1/topics/exact", "{\"class\":\"exactly-once\",\"dedupe_window\":\"1h\"}");
        Eventually.await(
                "the rule is known",
                PATIENCE,
                () -> client.send("POST", "/v1/events", "{\"topic\":\"exact\",\"data\":0}")
                                .statusCode()
                        == 400);
        client.json("POST", "/v1/events", "{\"topic\":\"exact\",\"data\":1,\"key\":\"k\"}");
        Eventually.succeeds(PATIENCE, () -> assertThat(refusal(elsewhere(home))).isEqualTo("remembered_keys"));
        assertThat(refusal(home)).isEqualTo("same_stream");
        assertThat(client.history("orders")).containsExactly(0, 1);
    }

    private String refusal(String to) {
        HttpResponse<String> answer = operator.send(
                "POST",
                "/v1/admin/streams/moves",
                new JsonObject()
                        .put("tenant", project.tenant().value())
                        .put("to", to)
                        .encode());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(409);
        JsonObject error = new JsonObject(answer.body()).getJsonObject("error");
        assertThat(error.getString("code")).isEqualTo("MOVE_REFUSED");
        return error.getJsonObject("details").getString("reason");
    }

    @Test
    void aTenantHasAStreamOfItsOwn() {
        TestProject fresh = NODE.createProject();
        String own = plain(operator.json(
                        "POST",
                        "/v1/admin/streams",
                        new JsonObject()
                                .put("tenant", fresh.tenant().value())
                                .put("storage", "memory")
                                .put("max_age", "7d")
                                .put("max_bytes", 10_000_000)
                                .encode())
                .getString("name"));
        var rest = new Rest(NODE, fresh.key());
        rest.publish("orders", 0, 3);
        assertThat(place(operator, fresh)).isEqualTo(own);
        assertThat(rest.history("orders")).containsExactly(0, 1, 2);
        JsonObject listed = operator.get("/v1/admin/streams").getJsonArray("items").stream()
                .map(JsonObject.class::cast)
                .filter(stream -> plain(stream.getString("name")).equals(own))
                .findFirst()
                .orElseThrow();
        assertThat(listed.getLong("max_bytes")).isEqualTo(10_000_000);
        assertThat(listed.getString("max_age")).isEqualTo("7d");
        client.publish("orders", 0, 1);
        assertThat(refusal(own)).isEqualTo("foreign_stream");
        assertThat(operator.send(
                                "POST",
                                "/v1/admin/streams",
                                "{\"tenant\":\"" + fresh.tenant().value() + "\"}")
                        .body())
                .contains("STREAM_EXISTS");
        JsonObject check = operator.json("POST", "/v1/admin/streams/check", "");
        assertThat(check.getBoolean("clean")).as(check.encode()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            POST | /v1/admin/streams       | {}                                         | 400 | INVALID_PARAMETER
            POST | /v1/admin/streams       | {"tenant":"no spaces"}                     | 400 | INVALID_PARAMETER
            POST | /v1/admin/streams       | {"tenant":"nobody-at-all"}                 | 404 | RESOURCE_NOT_FOUND
            POST | /v1/admin/streams       | {"tenant":"a","storage":"paper"}           | 400 | INVALID_PARAMETER
            POST | /v1/admin/streams       | {"tenant":"a","replicas":0}                | 400 | INVALID_PARAMETER
            POST | /v1/admin/streams       | {"tenant":"a","replicas":7}                | 400 | INVALID_PARAMETER
            POST | /v1/admin/streams       | {"tenant":"a","max_bytes":-1}              | 400 | INVALID_PARAMETER
            POST | /v1/admin/streams       | {"tenant":"a","max_age":"-1d"}             | 400 | INVALID_PARAMETER
            POST | /v1/admin/streams       | {"tenant":"a","color":"red"}               | 400 | INVALID_PARAMETER
            POST | /v1/admin/streams       | [                                          | 400 | INVALID_REQUEST
            POST | /v1/admin/streams/moves | {"tenant":"a"}                             | 400 | INVALID_PARAMETER
            POST | /v1/admin/streams/moves | {"to":"EVENTS-1"}                          | 400 | INVALID_PARAMETER
            POST | /v1/admin/streams/moves | {"tenant":"nobody-at-all","to":"EVENTS-1"} | 404 | RESOURCE_NOT_FOUND
            POST | /v1/admin/streams/moves | {"tenant":"a","to":"EVENTS-9"}             | 404 | RESOURCE_NOT_FOUND
            POST | /v1/admin/streams/moves | {"tenant":"a","to":"EVENTS-01"}            | 404 | RESOURCE_NOT_FOUND
            POST | /v1/admin/streams/moves | {"tenant":"a","to":"TRIMS"}                | 404 | RESOURCE_NOT_FOUND
            POST | /v1/admin/streams/moves | {"tenant":"a","to":""}                     | 404 | RESOURCE_NOT_FOUND
            GET  | /v1/admin/streams/moves?limit=0        |                             | 400 | INVALID_PARAMETER
            GET  | /v1/admin/streams/moves?after=-1       |                             | 400 | INVALID_PARAMETER
            GET  | /v1/admin/streams/tenants?limit=501    |                             | 400 | INVALID_PARAMETER
            GET  | /v1/admin/streams/tenants?color=red    |                             | 400 | INVALID_PARAMETER
            """)
    void whatCannotBeMeantIsRefused(String method, String path, String body, int status, String code) {
        HttpResponse<String> answer = operator.send(method, path, body == null ? "" : body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(new JsonObject(answer.body()).getJsonObject("error").getString("code"))
                .isEqualTo(code);
        assertThat(client.send(method, path, body == null ? "" : body).statusCode())
                .isEqualTo(403);
    }

    @Test
    void underLoadNothingIsLostRepeatedOrReorderedAlsoWhenTheMoverLosesItsLock() {
        Map<String, String> settings = new HashMap<>(THREE);
        settings.put("EVENT_LOOPS", "1");
        settings.put("CELLS", "4");
        try (TestCluster cluster = TestCluster.start(settings, List.of(Map.of(), Map.of()))) {
            TestProject tenant = cluster.createProject();
            Rest one = new Rest(cluster.node(0), tenant.key(Scope.PLATFORM_OPERATE));
            new Rest(cluster.node(0), tenant.key()).publish("warm", 0, 1);
            List<URI> nodes = List.of(cluster.node(0).http(), cluster.node(1).http());
            History history = new History();
            List<ResumingSubscriber> subscribers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Reader reader = history.reader("reader " + i);
                subscribers.add(ResumingSubscriber.on(nodes, i % 2, tenant.key(), "orders", reader));
            }
            try (Publishers publishers = Publishers.start(
                    history, nodes, tenant.key(), "orders", 4, Integer.MAX_VALUE, Duration.ofMillis(2))) {
                Eventually.await("some events", PATIENCE, () -> history.acknowledged() > 300);
                String home = place(one, tenant);
                for (String to : List.of("EVENTS", "EVENTS-1", "EVENTS-2", "EVENTS-3")) {
                    if (to.equals(home)) {
                        continue;
                    }
                    begin(one, tenant, to);
                    breakLocks(cluster.node(0));
                    awaitState(one, tenant, "done");
                }
                publishers.finish();
                List<Entry> stream = StoredTopic.read(nodes.getFirst(), tenant.key(), "orders");
                String last = stream.getLast().event();
                Eventually.await(
                        "all is delivered",
                        PATIENCE,
                        () -> subscribers.stream()
                                .allMatch(subscriber -> subscriber.reader().has(last)));
                // Cursors of before a move are other ones after it; that they go on in the right place, the readers
                // show.
                assertThat(history.violations(stream))
                        .filteredOn(violation -> !violation.contains("another cursor"))
                        .isEmpty();
                assertThat(publishers.statuses().keySet()).isSubsetOf(201, 503);
                subscribers.forEach(ResumingSubscriber::requireNoFailure);
                assertThat(subscribers)
                        .as("nobody was told to come back")
                        .allMatch(subscriber ->
                                subscriber.isOpen() && subscriber.absences().isEmpty());
            } finally {
                subscribers.forEach(ResumingSubscriber::close);
            }
            // The janitor's lock was broken too, and somebody has to become it again.
            Eventually.succeeds(PATIENCE, () -> {
                JsonObject check = one.json("POST", "/v1/admin/streams/check", "");
                assertThat(check.getBoolean("clean")).as(check.encode()).isTrue();
            });
        }
    }

    /** As PostgreSQL ends them when the node that holds them dies: some while the mover copies, some behind its fence. */
    private static void breakLocks(TestNode node) {
        for (int i = 0; i < 6; i++) {
            TestNode.await(node.sandpiper().vertx().timer(120));
            TestDatabase.asOwner(
                    Objects.requireNonNull(node.settings().get("SANDPIPER_DATABASE_URL")),
                    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
                            + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
        }
    }
}
