package dev.sandpiper.embed.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import dev.sandpiper.testkit.Events;
import dev.sandpiper.testkit.Eventually;
import dev.sandpiper.testkit.Topics;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.Size;

class SseProperties {
    private static final TestNode NODE = TestNode.shared();
    private static final TestProject PROJECT = NODE.createProject();

    @Property(tries = 100, shrinking = ShrinkingMode.OFF)
    @Label("**Feature: realtime-saas-platform, Property 11: SSE connection establishment**")
    void whoeverHasACredentialGetsAStreamThatStays(
            @ForAll HttpClient.Version version,
            @ForAll boolean ticket,
            @ForAll("topicLists") List<String> topics,
            @ForAll int value) {
        var rest = new RestClient(NODE, PROJECT.key());
        String query = "topics=" + topics.stream().map(RestClient::encode).collect(Collectors.joining(","));
        try (SseReader stream = ticket
                ? SseReader.open(NODE, null, version, query + "&ticket=" + rest.ticket())
                : SseReader.open(NODE, PROJECT.key(), version, query)) {
            assertThat(stream.response().statusCode()).isEqualTo(200);
            assertThat(stream.response().headers().firstValue("Content-Type")).hasValue("text/event-stream");
            assertThat(stream.next("subscribed").json().getJsonArray("channels"))
                    .isEqualTo(new JsonArray(List.copyOf(topics)));
            for (String topic : topics) {
                rest.publish(topic, value);
                SseReader.Event event = stream.next("message");
                assertThat(event.json().getString("channel")).isEqualTo(topic);
                assertThat(event.json().getInteger("data")).isEqualTo(value);
            }
        }
    }

    @Property(tries = 100, shrinking = ShrinkingMode.OFF)
    @Label("**Feature: realtime-saas-platform, Property 12: SSE event delivery formatting**")
    void everyEventIsOneServerSentEvent(@ForAll("events") PublishCommand event) {
        try (SseReader stream = SseReader.subscribed(
                NODE, PROJECT.key(), "topic=" + RestClient.encode(event.topic().name()))) {
            PublishReceipt receipt = TestNode.await(NODE.sandpiper().publisher().publish(event));
            SseReader.Event received = Objects.requireNonNull(stream.next());
            assertThat(received.type()).isEqualTo("message");
            assertThat(received.id())
                    .isEqualTo(NODE.sandpiper()
                            .cursors()
                            .encode(PROJECT.tenant(), PROJECT.project(), Objects.requireNonNull(receipt.cursor())));
            JsonObject message = received.json();
            assertThat(message.getString("cursor")).isEqualTo(received.id());
            assertThat(message.getString("id")).isEqualTo(receipt.id().value());
            assertThat(message.getString("channel")).isEqualTo(event.topic().name());
            assertThat(message.getString("event")).isEqualTo(event.event());
            assertThat(message.getJsonObject("headers", new JsonObject()).getMap())
                    .isEqualTo(event.headers().asMap());
            if (event.contentType() == null) {
                String data = new String(event.data(), StandardCharsets.UTF_8);
                assertThat(received.data())
                        .contains(",\"data\":" + data.replace('\n', ' ').replace('\r', ' ') + ",");
            } else {
                assertThat(message.getString("encoding")).isEqualTo("base64");
                assertThat(message.getString("content_type")).isEqualTo(event.contentType());
                assertThat(Base64.getDecoder().decode(message.getString("data")))
                        .isEqualTo(event.data());
            }
        }
    }

    @Property(tries = 100, shrinking = ShrinkingMode.OFF)
    @Label("**Feature: realtime-saas-platform, Property 14: SSE resource cleanup**")
    void theCountsAreRightWhoeverComesAndGoes(@ForAll @Size(min = 1, max = 6) List<Boolean> comesOrGoes) {
        int streams = Gauges.connections(NODE, "sse");
        int subscriptions = Gauges.subscriptions(NODE);
        List<SseReader> open = new ArrayList<>();
        try {
            for (boolean comes : comesOrGoes) {
                if (comes || open.isEmpty()) {
                    open.add(SseReader.subscribed(NODE, PROJECT.key(), "topics=a,b"));
                } else {
                    open.removeFirst().close();
                }
                int now = open.size();
                Eventually.await("the count is right", () -> Gauges.connections(NODE, "sse") == streams + now);
                assertThat(Gauges.subscriptions(NODE)).isEqualTo(subscriptions + now);
            }
        } finally {
            open.forEach(SseReader::close);
        }
        Eventually.await("all are gone", () -> Gauges.connections(NODE, "sse") == streams);
        assertThat(Gauges.subscriptions(NODE)).isEqualTo(subscriptions);
    }

    @Provide
    Arbitrary<List<String>> topicLists() {
        return Topics.simple()
                .map(topic -> topic.name())
                .filter(name -> !name.contains(","))
                .list()
                .uniqueElements()
                .ofMinSize(1)
                .ofMaxSize(5);
    }

    @Provide
    Arbitrary<PublishCommand> events() {
        return Events.any(PROJECT.tenant(), PROJECT.project())
                .map(e -> new PublishCommand(
                                e.tenant(),
                                e.project(),
                                e.topic(),
                                e.event(),
                                e.data(),
                                e.contentType(),
                                null,
                                e.sender(),
                                e.deliveryClass())
                        .withHeaders(e.headers()));
    }
}
