package dev.sandpiper.embed.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class PublishProperties {
    private final TestNode node = TestNode.shared();
    private final TestProject project = node.createProject();

    @Property(tries = 100)
    @Label("**Feature: realtime-saas-platform, Property 1: Authenticated event acceptance**")
    void acceptsEveryEventOfWhoeverMayPublish(
            @ForAll("topics") String topic,
            @ForAll("names") String event,
            @ForAll("payloads") Object payload,
            @ForAll boolean prefixed,
            @ForAll boolean asApiKey) {
        var body = new JsonObject().put("topic", topic).put("event", event).put("data", payload);
        var api = new Api(node, project.key());
        String path = prefixed ? "/v1/events" : "/events";
        HttpResponse<String> answer =
                asApiKey ? api.post(path, body, "X-API-Key", project.key()) : api.post(path, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        var receipt = new JsonObject(answer.body());
        assertThat(receipt.getString("topic")).isEqualTo(topic);
        assertThat(receipt.getString("id")).hasSize(26);
        assertThat(receipt.getString("cursor")).isNotEmpty();
        assertThat(receipt.getBoolean("duplicate")).isFalse();
        assertThat(receipt.getString("class")).isEqualTo("durable");
    }

    @Provide
    Arbitrary<String> topics() {
        return Arbitraries.strings()
                .withCharRange('a', 'z')
                .withCharRange('A', 'Z')
                .withCharRange('0', '9')
                .withChars(".:/-_%$#@!~äßπ€漢")
                .ofMinLength(1)
                .ofMaxLength(60);
    }

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.strings()
                .withCharRange(' ', '~')
                .withChars("äπ€漢\"\\")
                .ofMinLength(1)
                .ofMaxLength(128);
    }

    @Provide
    Arbitrary<Object> payloads() {
        return Arbitraries.lazyOf(
                () -> Arbitraries.strings().ofMaxLength(200).map(s -> (Object) wellFormed(s)),
                () -> Arbitraries.longs().map(n -> (Object) n),
                () -> Arbitraries.doubles().map(n -> (Object) n),
                () -> Arbitraries.of(true, false).map(b -> (Object) b),
                () -> payloads().list().ofMaxSize(3).map(PublishProperties::json),
                () -> Arbitraries.maps(Arbitraries.strings().alpha().ofMaxLength(8), payloads())
                        .ofMaxSize(3)
                        .map(PublishProperties::json));
    }

    private static Object json(Object value) {
        return value instanceof List<?> ? Json.decodeValue(Json.encode(value)) : Map.copyOf((Map<?, ?>) value);
    }

    private static String wellFormed(String text) {
        return text.codePoints()
                .filter(c -> Character.getType(c) != Character.SURROGATE)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
