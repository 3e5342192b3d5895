package dev.sandpiper.topics.schema;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.JsonSchema;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes a graph of schemas as one document for the validator: references lead to {@code #/$defs} only, and each schema names, as
 * its format, the {@link Check} that counts and decides what the validator shall not.
 */
final class SchemaEmitter {
    private static final Set<String> CHECKED =
            Set.of("pattern", "format", "enum", "const", "uniqueItems", "required", "dependentRequired");

    private final Map<SchemaNode, String> definitions = new HashMap<>();
    private final Map<String, Check> checks = new HashMap<>();

    /** What each format of the document means. */
    Map<String, Check> checks() {
        return checks;
    }

    JsonSchema emit(SchemaNode root) {
        for (SchemaNode node : SchemaGraph.reachable(root)) {
            SchemaNode target = node.reference;
            if (target != null) {
                definitions.computeIfAbsent(target, any -> "s" + definitions.size());
            }
        }
        var written = new JsonObject();
        definitions.forEach((node, name) -> written.put(name, schema(node)));
        var document =
                new JsonObject().put("allOf", new JsonArray().add(schema(root))).put("$defs", written);
        return JsonSchema.of(document);
    }

    private Object schema(SchemaNode node) {
        if (node.constant != null) {
            return node.constant;
        }
        var out = new JsonObject();
        if (node.reference != null) {
            out.put("$ref", "#/$defs/" + definitions.get(node.reference));
        }
        node.assertions.forEach((keyword, value) -> {
            if (!CHECKED.contains(keyword)) {
                out.put(keyword, value instanceof List<?> names ? array(names) : value);
            }
        });
        node.single.forEach((keyword, schema) -> out.put(keyword, schema(schema)));
        node.lists.forEach((keyword, schemas) -> {
            var array = new JsonArray();
            schemas.forEach(schema -> array.add(schema(schema)));
            out.put(keyword, array);
        });
        node.maps.forEach((keyword, schemas) -> {
            var object = new JsonObject();
            schemas.forEach((name, schema) -> object.put(name, schema(schema)));
            out.put(keyword, object);
        });
        String check = "check-" + checks.size();
        checks.put(check, Check.of(node));
        out.put("format", check);
        // Wrapped here, because the validator would do it while it works, on several threads.
        return JsonSchema.of(out);
    }

    private static JsonArray array(List<?> names) {
        var array = new JsonArray();
        for (@Nullable Object name : names) {
            array.add(name);
        }
        return array;
    }
}
