package dev.sandpiper.embed.http;

import static dev.sandpiper.embed.http.BadRequest.bad;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sandpiper.domain.Scope;
import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Everything that can be wrong with bounds and filters, on every way in: one stable code each. */
class ReplayBadInputTest {
    private static final String COSTLY = "data.a.all(a, data.b.all(b, data.c.all(c, a == b && b == c)))";

    private static TestNode node;
    private static Api api;
    private static Api publisher;
    private static String before;
    private static String older;
    private static String newer;
    private static String strangers;
    private static String key;

    private record Fault(String what, Map<String, String> parameters, String code) {}

    @BeforeAll
    static void start() {
        node = TestNode.shared();
        TestProject project = node.createProject();
        key = project.key();
        api = new Api(node, key);
        publisher = new Api(node, project.key(Scope.EVENTS_PUBLISH));
        before = cursor(api);
        older = cursor(api);
        newer = cursor(api);
        strangers = cursor(new Api(node, node.createProject().key()));
    }

    private static String cursor(Api of) {
        return new JsonObject(of.publish("t", 1).body()).getString("cursor");
    }

    private static Map<String, String> of(String... pairs) {
        return pairs.length == 2 ? Map.of(pairs[0], pairs[1]) : Map.of(pairs[0], pairs[1], pairs[2], pairs[3]);
    }

    /** Wrong wherever one can read. */
    private static List<Fault> faults() {
        return List.of(
                new Fault("a filter that is blank", of("filter", " "), "INVALID_FILTER"),
                new Fault("a filter that does not compile", of("filter", "data.x =="), "INVALID_FILTER"),
                new Fault("a filter that is no condition", of("filter", "data.x + 1"), "INVALID_FILTER"),
                new Fault("a filter over what there is not", of("filter", "price > 1"), "INVALID_FILTER"),
                new Fault("a filter that costs too much", of("filter", COSTLY), "FILTER_TOO_COSTLY"),
                new Fault(
                        "a filter with a pattern from the event",
                        of("filter", "data.a.matches(data.b)"),
                        "FILTER_TOO_COSTLY"),
                new Fault(
                        "a filter that is too long",
                        of("filter", "true" + " || true".repeat(400)),
                        "FILTER_TOO_COSTLY"),
                new Fault("an until that is nothing", of("until", "nonsense"), "INVALID_CURSOR"),
                new Fault("an until that is no time", of("until", "12:00"), "INVALID_PARAMETER"),
                new Fault("an until of another project", of("until", strangers), "INVALID_CURSOR"),
                new Fault("a since of another project", of("since", strangers), "INVALID_CURSOR"),
                new Fault("an until before since", of("since", newer, "until", older), "INVALID_PARAMETER"),
                new Fault(
                        "an until before from",
                        of("from", "2026-01-02T00:00:00Z", "until", "2026-01-01T00:00:00Z"),
                        "INVALID_PARAMETER"),
                new Fault("since and from", of("since", older, "from", "2026-01-01T00:00:00Z"), "INVALID_PARAMETER"),
                new Fault("from what is no time", of("from", "yesterday"), "INVALID_PARAMETER"));
    }

    /** Wrong wherever one can ask for the newest. */
    private static List<Fault> faultsOfLast() {
        return List.of(
                new Fault("last with since", of("last", "5", "since", older), "INVALID_PARAMETER"),
                new Fault("last with from", of("last", "5", "from", "2026-01-01T00:00:00Z"), "INVALID_PARAMETER"),
                new Fault("last 0", of("last", "0"), "INVALID_PARAMETER"),
                new Fault("last -1", of("last", "-1"), "INVALID_PARAMETER"),
                new Fault("last 1001", of("last", "1001"), "INVALID_PARAMETER"));
    }

    @TestFactory
    Stream<DynamicTest> overHttp() {
        List<BadRequest> table = new ArrayList<>();
        for (String path : new String[] {
            "/v1/events?topic=t", "/v1/sse?topics=t", "/v1/poll?topics=t&timeout=0", "/v1/export?topic=t"
        }) {
            List<Fault> faults = new ArrayList<>(faults());
            if (path.startsWith("/v1/poll")) {
                // A poll has no end: it is asked again and again.
                faults.removeIf(fault -> fault.parameters.containsKey("until"));
                faults.add(new Fault("an until", of("until", newer), "INVALID_PARAMETER"));
            }
            if (!path.startsWith("/v1/export")) {
                faults.addAll(faultsOfLast());
                faults.add(new Fault("last which is no number", of("last", "many"), "INVALID_PARAMETER"));
            }
            for (Fault fault : faults) {
                var query = new StringBuilder(path);
                fault.parameters.forEach((name, value) -> query.append('&')
                        .append(name)
                        .append('=')
                        .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
                table.add(bad(fault.what + " at " + path, api.request(query.toString()), 400, fault.code));
            }
        }
        String old = "/v1/events?topic=t&";
        table.add(bad("last with limit", api.request(old + "last=5&limit=5"), 400, "INVALID_PARAMETER"));
        table.add(bad("last with order", api.request(old + "last=5&order=desc"), 400, "INVALID_PARAMETER"));
        table.add(bad("a star in the middle", api.request("/v1/events?topic=a*b"), 400, "INVALID_TOPIC"));
        table.add(bad("an export of nothing", api.request("/v1/export"), 400, "INVALID_PARAMETER"));
        table.add(bad("an export of a bad topic", api.request("/v1/export?topic=a%20b"), 400, "INVALID_TOPIC"));
        table.add(bad(
                "an export in a strange format",
                api.request("/v1/export?topic=t&format=csv"),
                400,
                "INVALID_PARAMETER"));
        table.add(bad("an export of the newest", api.request("/v1/export?topic=t&last=5"), 400, "INVALID_PARAMETER"));
        table.add(bad("a list of no subscribers", api.request("/v1/subscribers?limit=0"), 400, "INVALID_PARAMETER"));
        table.add(bad("a list after nothing", api.request("/v1/subscribers?after=%21"), 400, "INVALID_PARAMETER"));
        table.add(bad("a misspelt list", api.request("/v1/subscribers?name=x"), 400, "INVALID_PARAMETER"));
        table.add(
                bad("subscribers without the scope", publisher.request("/v1/subscribers"), 403, "INSUFFICIENT_SCOPE"));
        table.add(bad("a subscriber unknown", api.request("/v1/subscribers/x").DELETE(), 404, "RESOURCE_NOT_FOUND"));
        table.add(bad(
                "a subscriber's bad channel",
                api.request("/v1/subscribers/x?channel=a%20b").DELETE(),
                400,
                "INVALID_TOPIC"));
        table.add(
                bad("an export without the scope", publisher.request("/v1/export?topic=t"), 403, "INSUFFICIENT_SCOPE"));
        return table.stream().map(bad -> dynamicTest(bad.what(), bad::check));
    }

    @TestFactory
    Stream<DynamicTest> acknowledgements() {
        return Stream.of(
                ack("of a channel that is not subscribed to", "other", older, "NOT_SUBSCRIBED", "RT_004"),
                ack("of a channel that was subscribed to without", "plain", older, "INVALID_PARAMETER", "RT_007"),
                ack("of an event that was not sent", "t", newer, "INVALID_PARAMETER", "RT_007"),
                ack("with another tenant's cursor", "t", strangers, "INVALID_CURSOR", "RT_007"),
                ack("with what is no cursor", "t", "nonsense", "INVALID_CURSOR", "RT_007"));
    }

    private static DynamicTest ack(String what, String channel, String cursor, String name, String code) {
        return dynamicTest("an acknowledgement " + what, () -> {
            try (var socket = new FrameClient(node.ws(), key)) {
                socket.ask("{\"type\":\"subscribe\",\"channel\":\"plain\"}", "subscribed");
                var subscribe = new JsonObject()
                        .put("type", "subscribe")
                        .put("channel", "t")
                        .put("ack", true)
                        .put("max_unacked", 1)
                        .put("since", before);
                socket.ask(subscribe.encode(), "message");
                var frame = new JsonObject()
                        .put("type", "ack")
                        .put("id", "1")
                        .put("channel", channel)
                        .put("cursor", cursor);
                JsonObject error = socket.ask(frame.encode(), "error");
                assertThat(error.getString("name")).as(error.encode()).isEqualTo(name);
                assertThat(error.getString("code")).isEqualTo(code);
                assertThat(error.getString("id")).isEqualTo("1");
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> overWebSockets() {
        return Stream.concat(faults().stream(), faultsOfLast().stream())
                .map(fault -> dynamicTest(fault.what, () -> {
                    var frame = new JsonObject()
                            .put("type", "subscribe")
                            .put("id", "1")
                            .put("channel", "t");
                    fault.parameters.forEach(
                            (name, value) -> frame.put(name, name.equals("last") ? Integer.valueOf(value) : value));
                    try (var socket = new FrameClient(node.ws(), key)) {
                        JsonObject error = socket.ask(frame.encode(), "error");
                        assertThat(error.getString("name")).as(error.encode()).isEqualTo(fault.code);
                        assertThat(error.getString("code")).isEqualTo("RT_007");
                        assertThat(error.getString("id")).isEqualTo("1");
                        assertThat(error.getString("message")).isNotEmpty().doesNotContain("dev.", "Exception");
                        // The connection lives on.
                        assertThat(socket.ask("{\"type\":\"ping\",\"id\":\"2\"}", "pong")
                                        .getString("id"))
                                .isEqualTo("2");
                    }
                }));
    }
}
