package dev.sandpiper.embed.topics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.embed.TestNode;
import dev.sandpiper.testkit.Eventually;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

/** A payload is accepted and stored, or refused with reasons and not stored; a schema decides, and nothing else. */
class EventValidationProperties {
    private static final TestNode NODE = TestNode.shared();
    private static final RuleApi API = new RuleApi(NODE, NODE.createProject());
    private static final List<Object> ACCEPTED = new ArrayList<>();
    private static final String RULE = """
            {"schema": {"type": "object", "required": ["n"], "additionalProperties": false, "properties": {
              "n": {"type": "integer", "minimum": 0, "maximum": 9},
              "tags": {"type": "array", "maxItems": 2, "items": {"type": "string", "pattern": "^[ab]*$"}}}}}""";

    @BeforeContainer
    static void makeTheRule() {
        assertThat(API.put("validated", RULE).status()).isEqualTo(201);
        Eventually.await("the rule is followed", Duration.ofSeconds(5), () -> {
            boolean accepted =
                    API.publish("{\"topic\":\"validated\",\"data\":0}").status() == 201;
            if (accepted) {
                ACCEPTED.add(0);
            }
            return !accepted;
        });
    }

    @Property(tries = 200)
    @Label("**Feature: realtime-saas-platform, Property 2: Event validation consistency**")
    void anEventIsAcceptedExactlyWhenItsPayloadFitsTheSchema(@ForAll("payloads") JsonObject payload) {
        RuleApi.Answer answer = API.publish(
                new JsonObject().put("topic", "validated").put("data", payload).encode());
        assertThat(answer.status()).as(payload.encode()).isEqualTo(fits(payload) ? 201 : 422);
        if (answer.status() == 201) {
            ACCEPTED.add(payload);
        } else {
            assertThat(answer.code()).isEqualTo("INVALID_EVENT_PAYLOAD");
            assertThat(answer.error().getJsonObject("details").getJsonArray("errors"))
                    .isNotEmpty();
        }
    }

    @AfterContainer
    static void onlyWhatWasAcceptedIsStored() {
        List<Object> stored = new ArrayList<>();
        API.get("/v1/events?topic=validated&limit=1000")
                .json()
                .getJsonArray("messages")
                .forEach(message -> stored.add(((JsonObject) message).getValue("data")));
        assertThat(stored).isEqualTo(ACCEPTED).isNotEmpty();
    }

    @Provide
    Arbitrary<JsonObject> payloads() {
        Arbitrary<Object> numbers = Arbitraries.oneOf(
                Arbitraries.integers().between(-2, 12).map(n -> n), Arbitraries.of("1", true, 1.5, 3.0));
        Arbitrary<Object> tags = Arbitraries.of("a", "ab", "c", "", 7);
        Arbitrary<@Nullable JsonArray> lists =
                tags.list().ofMaxSize(3).map(JsonArray::new).injectNull(0.4);
        return Combinators.combine(numbers.injectNull(0.1), lists, Arbitraries.of(true, false, false, false))
                .as((n, list, extra) -> {
                    var payload = new JsonObject();
                    if (n != null) {
                        payload.put("n", n);
                    }
                    if (list != null) {
                        payload.put("tags", list);
                    }
                    return extra ? payload.put("extra", 1) : payload;
                });
    }

    /** The schema in other words. */
    private static boolean fits(JsonObject payload) {
        boolean number = payload.getValue("n") instanceof Number n
                && n.doubleValue() % 1 == 0
                && n.doubleValue() >= 0
                && n.doubleValue() <= 9;
        boolean tags = !payload.containsKey("tags")
                || (payload.getJsonArray("tags").size() <= 2
                        && payload.getJsonArray("tags").stream()
                                .allMatch(tag -> tag instanceof String text && text.matches("[ab]*")));
        return number && tags && !payload.containsKey("extra");
    }
}
