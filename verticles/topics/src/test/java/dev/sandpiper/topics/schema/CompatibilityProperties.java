package dev.sandpiper.topics.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

class CompatibilityProperties {
    /** What is shown to be compatible is. */
    @Property(tries = 3_000)
    void whatFittedTheFormerSchemaFitsACompatibleOne(
            @ForAll("schemas") Object before,
            @ForAll("schemas") Object after,
            @ForAll("payloads") List<Object> payloads) {
        String former = Json.encode(before);
        String wanted = Json.encode(after);
        if (!Schemas.incompatibilities(former, wanted).isEmpty()) {
            return;
        }
        for (Object payload : payloads) {
            String json = Json.encode(payload);
            if (Schemas.check(former, json).isEmpty()) {
                assertThat(Schemas.check(wanted, json))
                        .as("%s fits %s and not %s", json, former, wanted)
                        .isEmpty();
            }
        }
    }

    @Property(tries = 300)
    void aSchemaIsCompatibleWithItself(@ForAll("schemas") Object schema) {
        assertThat(Schemas.incompatibilities(Json.encode(schema), Json.encode(schema)))
                .isEmpty();
    }

    @Provide
    Arbitrary<Object> schemas() {
        return schema(2);
    }

    @Provide
    Arbitrary<List<Object>> payloads() {
        return payload(2).list().ofSize(20);
    }

    private static Arbitrary<Object> schema(int depth) {
        Arbitrary<Map.Entry<String, Object>> plain = Arbitraries.oneOf(
                Arbitraries.of("integer", "number", "string", "object", "array", "null")
                        .map(type -> Map.entry("type", (Object) type)),
                Arbitraries.of(
                                "minimum",
                                "maximum",
                                "exclusiveMinimum",
                                "minLength",
                                "maxLength",
                                "maxItems",
                                "maxProperties")
                        .flatMap(name -> Arbitraries.integers().between(0, 2).map(n -> Map.entry(name, (Object) n))),
                Arbitraries.of(1, "a", true)
                        .list()
                        .ofMinSize(1)
                        .ofMaxSize(3)
                        .map(list -> Map.entry("enum", new JsonArray(list))),
                Arbitraries.of("a", "b").set().map(names -> Map.entry("required", new JsonArray(List.copyOf(names)))));
        Arbitrary<Map.Entry<String, Object>> nested = depth == 0
                ? plain
                : Arbitraries.oneOf(
                        schema(depth - 1)
                                .flatMap(inner -> Arbitraries.of("items", "additionalProperties", "not")
                                        .map(name -> Map.entry(name, inner))),
                        Combinators.combine(Arbitraries.of("a", "b"), schema(depth - 1))
                                .as((name, inner) -> Map.entry("properties", new JsonObject().put(name, inner))),
                        schema(depth - 1)
                                .list()
                                .ofMinSize(1)
                                .ofMaxSize(2)
                                .flatMap(list -> Arbitraries.of("allOf", "anyOf", "oneOf")
                                        .map(name -> Map.entry(name, new JsonArray(list)))));
        Arbitrary<Object> object = Arbitraries.frequencyOf(Tuple.of(2, plain), Tuple.of(1, nested))
                .list()
                .ofMaxSize(2)
                .map(entries -> {
                    var schema = new JsonObject();
                    entries.forEach(entry -> schema.put(entry.getKey(), entry.getValue()));
                    return schema;
                });
        return Arbitraries.frequencyOf(Tuple.of(9, object), Tuple.of(1, Arbitraries.of((Object) true, false)));
    }

    private static Arbitrary<Object> payload(int depth) {
        Arbitrary<Object> plain = Arbitraries.of(0, 1, 2, 1.5, "", "a", "abc", true);
        if (depth == 0) {
            return plain;
        }
        Arbitrary<Object> arrays = payload(depth - 1).list().ofMaxSize(3).map(JsonArray::new);
        Arbitrary<Object> objects = Combinators.combine(
                        payload(depth - 1).injectNull(0.4), payload(depth - 1).injectNull(0.4))
                .as((a, b) -> {
                    var object = new JsonObject();
                    if (a != null) {
                        object.put("a", a);
                    }
                    return b == null ? object : object.put("b", b);
                });
        return Arbitraries.oneOf(plain, arrays, objects);
    }
}
