package dev.sandpiper.embed.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Parts of the past, by bounds, number and filter, on every transport. */
class ReplayRangeTest {
    private static final int COUNT = 30;
    private static final String EVEN = "data % 2 == 0";

    private final TestNode node = TestNode.shared();
    private final TestProject project = node.createProject();
    private final RestClient rest = new RestClient(node, project.key());
    private final List<String> cursors = new ArrayList<>();
    private String begin = "";

    @BeforeEach
    void publish() {
        begin = rest.publish("b.x", -1).getString("cursor");
        for (int i = 0; i < COUNT; i++) {
            cursors.add(rest.publish(i % 3 == 0 ? "a.y" : "a.x", i).getString("cursor"));
        }
    }

    /** Of the topic {@code a.x}, from one number to another, both included. */
    private static List<Integer> numbers(int from, int through) {
        return IntStream.rangeClosed(from, through)
                .filter(i -> i % 3 != 0)
                .boxed()
                .toList();
    }

    private static List<Integer> even(List<Integer> numbers) {
        return numbers.stream().filter(i -> i % 2 == 0).toList();
    }

    @Test
    void aWebSocketEndsWithItsBound() {
        try (RawWebSocket socket = RawWebSocket.connect(node.ws(), project.key())) {
            List<Integer> found =
                    read(socket, subscribe("a.x").put("since", begin).put("until", cursors.get(20)));
            assertThat(found).isEqualTo(numbers(0, 20));
            // The channel is free again.
            found = read(
                    socket,
                    subscribe("a.x")
                            .put("since", cursors.get(5))
                            .put("until", cursors.get(15))
                            .put("filter", EVEN));
            assertThat(found).isEqualTo(even(numbers(6, 15)));
            found = read(
                    socket, subscribe("a.x").put("from", "2020-01-01T00:00:00Z").put("until", "2021-01-01T00:00:00Z"));
            assertThat(found).isEmpty();
        }
    }

    @Test
    void aWebSocketBeginsWithTheNewestEventsAndGoesOnLive() {
        try (RawWebSocket socket = RawWebSocket.connect(node.ws(), project.key())) {
            JsonObject subscribed = socket.ask(subscribe("a.x").put("last", 3));
            assertThat(subscribed.getBoolean("recovered")).isTrue();
            rest.publish("a.x", COUNT + 1);
            List<Integer> expected = new ArrayList<>(
                    numbers(0, COUNT - 1).reversed().subList(0, 3).reversed());
            expected.add(COUNT + 1);
            for (Integer number : expected) {
                assertThat(socket.next().getInteger("data")).isEqualTo(number);
            }
        }
    }

    @Test
    void aFilteredSubscriptionIsToldItsPosition() {
        try (RawWebSocket socket = RawWebSocket.connect(node.ws(), project.key())) {
            socket.ask(subscribe("a.x").put("since", begin).put("filter", "data > 100"));
            JsonObject position = socket.next();
            assertThat(position.getString("type")).isEqualTo("position");
            assertThat(position.getString("channel")).isEqualTo("a.x");
            // Whoever comes back from there is told only of what is new.
            rest.publish("a.x", 101);
            try (RawWebSocket again = RawWebSocket.connect(node.ws(), project.key())) {
                again.subscribe("a.x", position.getString("cursor"));
                assertThat(again.next().getInteger("data")).isEqualTo(101);
            }
            assertThat(socket.next().getInteger("data")).isEqualTo(101);
        }
    }

    @Test
    void anEventStreamEndsWithItsBound() {
        String query = "topics=a.x,a.y&since=" + begin + "&until=" + cursors.get(9) + "&filter="
                + RestClient.encode(EVEN + " && topic == 'a.x'");
        List<Integer> found = new ArrayList<>();
        try (SseReader stream = SseReader.subscribed(node, project.key(), query)) {
            JsonObject frame = Objects.requireNonNull(stream.next(), "the stream has ended")
                    .json();
            while (!"end".equals(frame.getString("type"))) {
                if ("message".equals(frame.getString("type"))) {
                    found.add(frame.getInteger("data"));
                }
                frame = Objects.requireNonNull(stream.next(), "the stream has ended")
                        .json();
            }
            assertThat(frame.getString("cursor")).isEqualTo(cursors.get(9));
        }
        assertThat(found).isEqualTo(even(numbers(0, 9)));
    }

    @Test
    void aPollAnswersWhatMatchesAndMovesOn() {
        JsonObject answer =
                new JsonObject(rest.poll("topics=a.x&timeout=0&since=" + begin + "&filter=" + RestClient.encode(EVEN))
                        .body());
        assertThat(data(answer)).isEqualTo(even(numbers(0, COUNT - 1)));
        // The header wins.
        JsonObject resumed = new JsonObject(RestClient.send(rest.request("/v1/poll?topics=a.x&timeout=0&since=" + begin)
                        .header("Last-Event-ID", cursors.get(20))
                        .build())
                .body());
        assertThat(data(resumed)).isEqualTo(numbers(21, COUNT - 1));
        JsonObject none = new JsonObject(
                rest.poll("topics=a.x&timeout=0&since=" + begin + "&filter=" + RestClient.encode("data > 100"))
                        .body());
        assertThat(data(none)).isEmpty();
        rest.publish("a.x", 101);
        assertThat(data(rest.polled("a.x", none.getString("cursor"), 5))).containsExactly(101);
        JsonObject newest =
                new JsonObject(rest.poll("topics=a.x&timeout=0&last=2").body());
        assertThat(data(newest)).containsExactly(COUNT - 1, 101);
    }

    @Test
    void historyReadsPatternsBoundsAndFiltersInBothOrders() {
        List<Integer> all = IntStream.range(0, COUNT).boxed().toList();
        assertThat(pages("topic=a.*&limit=7")).isEqualTo(all);
        assertThat(pages("topic=a.*&limit=7&order=desc")).isEqualTo(all.reversed());
        assertThat(pages("topic=a.x&limit=4&since=" + cursors.get(3) + "&until=" + cursors.get(17)))
                .isEqualTo(numbers(4, 17));
        assertThat(pages("topic=a.*&limit=4&until=" + cursors.get(17) + "&filter=" + RestClient.encode(EVEN)))
                .isEqualTo(even(all.subList(0, 18)));
        assertThat(pages(
                        "topic=a.*&limit=4&order=desc&until=" + cursors.get(17) + "&filter=" + RestClient.encode(EVEN)))
                .isEqualTo(even(all.subList(0, 18)).reversed());
        assertThat(data(history("topic=a.*&last=4"))).isEqualTo(all.subList(COUNT - 4, COUNT));
        assertThat(data(history("topic=a.*&from=2020-01-01T00:00:00Z&until=2020-01-02T00:00:00Z")))
                .isEmpty();
        // Another project's events are none of its own, whatever the pattern.
        TestProject stranger = node.createProject();
        var theirs = new RestClient(node, stranger.key());
        assertThat(data(new JsonObject(theirs.get("/v1/events?topic=*").body())))
                .isEmpty();
    }

    @Test
    void anExportIsWholeOrSaysWhereToGoOn() {
        List<JsonObject> lines = rest.get("/v1/export?topic=a.*&filter=" + RestClient.encode(EVEN))
                .body()
                .lines()
                .map(JsonObject::new)
                .toList();
        assertThat(lines.getLast().getString("type")).isEqualTo("end");
        assertThat(numbers(lines.stream()))
                .isEqualTo(even(IntStream.range(0, COUNT).boxed().toList()));
        String middle = lines.get(4).getString("cursor");
        List<JsonObject> rest = this.rest
                .get("/v1/export?topic=a.*&since=" + middle + "&filter=" + RestClient.encode(EVEN))
                .body()
                .lines()
                .map(JsonObject::new)
                .toList();
        assertThat(rest).isEqualTo(lines.subList(5, lines.size()));
    }

    private List<Integer> pages(String query) {
        List<Integer> found = new ArrayList<>();
        String since = null;
        for (JsonObject page = history(query);
                ;
                page = history(query.replaceAll("&since=[^&]*", "") + "&since=" + since)) {
            found.addAll(data(page));
            since = page.getString("cursor");
            if (!page.getBoolean("more")) {
                return found;
            }
        }
    }

    private JsonObject history(String query) {
        return new JsonObject(rest.get("/v1/events?" + query).body());
    }

    private static List<Integer> data(JsonObject answer) {
        JsonArray messages = answer.getJsonArray("messages");
        assertThat(messages).as(answer.encode()).isNotNull();
        return numbers(messages.stream().map(JsonObject.class::cast));
    }

    private static List<Integer> numbers(Stream<JsonObject> frames) {
        return frames.filter(frame -> "message".equals(frame.getString("type")))
                .map(frame -> frame.getInteger("data"))
                .toList();
    }

    private static JsonObject subscribe(String channel) {
        return new JsonObject().put("type", "subscribe").put("id", "s").put("channel", channel);
    }

    /** What arrives until the server says that this is all. */
    private static List<Integer> read(RawWebSocket socket, JsonObject frame) {
        JsonObject subscribed = socket.ask(frame);
        assertThat(subscribed.getString("type")).as(subscribed.encode()).isEqualTo("subscribed");
        List<Integer> found = new ArrayList<>();
        for (JsonObject next = socket.next(); !"end".equals(next.getString("type")); next = socket.next()) {
            Integer number = number(next);
            if (number != null) {
                found.add(number);
            }
        }
        return found;
    }

    private static @Nullable Integer number(JsonObject frame) {
        return "message".equals(frame.getString("type")) ? frame.getInteger("data") : null;
    }
}
