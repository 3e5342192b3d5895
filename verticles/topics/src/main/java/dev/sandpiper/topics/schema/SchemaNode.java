package dev.sandpiper.topics.schema;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One schema of a graph of schemas: only keywords that decide something, every value of the right type, every reference
 * resolved. Not modified once {@link SchemaReader} has returned it. Equal to itself only.
 */
final class SchemaNode {
    /** Where it stands, for messages: a JSON Pointer, after the pattern of its document when that is another one. */
    final String location;

    /** {@code true} and {@code false} are schemas too; null for an object. */
    final @Nullable Boolean constant;

    /** Keywords without schemas in them; numbers, strings, {@link List}s and {@link Map}s as {@link JsonTree} makes them. */
    final Map<String, Object> assertions = new LinkedHashMap<>();

    /** Keywords that hold one schema, such as {@code not} and {@code items}. */
    final Map<String, SchemaNode> single = new LinkedHashMap<>();

    /** Keywords that hold several, such as {@code allOf}. */
    final Map<String, List<SchemaNode>> lists = new LinkedHashMap<>();

    /** Keywords that hold one for each name, such as {@code properties}. */
    final Map<String, Map<String, SchemaNode>> maps = new LinkedHashMap<>();

    /** What {@code $ref} leads to. */
    @Nullable
    SchemaNode reference;

    SchemaNode(String location, @Nullable Boolean constant) {
        this.location = location;
        this.constant = constant;
    }

    /** The schemas that apply to the same value as this one. */
    Iterable<SchemaNode> inPlace() {
        var schemas = new ArrayList<SchemaNode>();
        if (reference != null) {
            schemas.add(reference);
        }
        for (String keyword : List.of("not", "if", "then", "else")) {
            SchemaNode schema = single.get(keyword);
            if (schema != null) {
                schemas.add(schema);
            }
        }
        for (String keyword : List.of("allOf", "anyOf", "oneOf")) {
            schemas.addAll(lists.getOrDefault(keyword, List.of()));
        }
        schemas.addAll(maps.getOrDefault("dependentSchemas", Map.of()).values());
        return schemas;
    }
}
