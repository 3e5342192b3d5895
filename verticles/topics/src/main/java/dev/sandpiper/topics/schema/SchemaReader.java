package dev.sandpiper.topics.schema;

import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.RequestError;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Turns the text of a schema into a graph: checks every keyword that it knows, drops those that only describe, and follows
 * references, within the document ({@code #/$defs/address}) and to the schemas of other topic rules of the project ({@code
 * topic:orders.*#/$defs/address}); never anywhere else.
 *
 * <p>For one schema, once. Every fault is a {@link PlatformException} with {@code INVALID_SCHEMA}.
 */
final class SchemaReader {
    private static final String DRAFT = "https://json-schema.org/draft/2020-12/schema";

    private static final Set<String> SINGLE = Set.of(
            "not",
            "if",
            "then",
            "else",
            "items",
            "contains",
            "additionalProperties",
            "propertyNames",
            "unevaluatedItems",
            "unevaluatedProperties");
    private static final Set<String> LISTS = Set.of("allOf", "anyOf", "oneOf", "prefixItems");
    private static final Set<String> MAPS =
            Set.of("properties", "patternProperties", "dependentSchemas", "$defs", "definitions");

    /** Keywords that other drafts have, and that would be overlooked. */
    private static final Set<String> REFUSED = Set.of(
            "$dynamicRef",
            "$dynamicAnchor",
            "$recursiveRef",
            "$recursiveAnchor",
            "additionalItems",
            "dependencies",
            "divisibleBy",
            "extends",
            "disallow");

    private final String home;
    private final Function<String, @Nullable String> texts;
    private final Map<String, @Nullable Object> documents = new HashMap<>();
    private final Map<String, SchemaNode> nodes = new HashMap<>();
    private final Deque<Unread> unread = new ArrayDeque<>();
    private final Set<String> foreign = new LinkedHashSet<>();
    private int count;

    /** A place that a reference leads to and that has not been read yet. */
    private record Unread(SchemaNode from, SchemaReference to) {}

    /**
     * @param home the pattern of the rule whose schema is read
     * @param texts the schemas of the project by the pattern of their rule; null when there is none
     */
    SchemaReader(String home, Function<String, @Nullable String> texts) {
        this.home = home;
        this.texts = texts;
    }

    SchemaNode read() {
        SchemaNode root = resolve(new SchemaReference(home, List.of()), "");
        while (!unread.isEmpty()) {
            Unread next = unread.poll();
            next.from().reference = resolve(next.to(), next.from().location);
        }
        InPlaceChains.check(root);
        return root;
    }

    /** The patterns of other rules whose schemas this one needs. */
    Set<String> foreign() {
        return foreign;
    }

    private SchemaNode resolve(SchemaReference reference, String asker) {
        SchemaNode known = nodes.get(reference.text());
        if (known != null) {
            return known;
        }
        Object value = document(reference.pattern(), asker);
        for (String step : reference.steps()) {
            if (value instanceof JsonObject object && object.containsKey(step)) {
                value = object.getValue(step);
            } else if (value instanceof JsonArray array && SchemaReference.index(step, array.size()) >= 0) {
                value = array.getValue(SchemaReference.index(step, array.size()));
            } else {
                throw fault(asker, "refers to " + reference.text() + ", which is not there");
            }
        }
        if (!(value instanceof JsonObject) && !(value instanceof Boolean)) {
            throw fault(asker, "refers to " + reference.text() + ", which is no schema");
        }
        return node(reference, value, reference.steps().size());
    }

    private @Nullable Object document(String pattern, String asker) {
        if (documents.containsKey(pattern)) {
            return documents.get(pattern);
        }
        String text = texts.apply(pattern);
        if (text == null) {
            throw fault(asker, "refers to the schema of the topic rule " + pattern + ", which has none");
        }
        if (documents.size() >= SchemaLimits.MAX_DOCUMENTS) {
            throw fault(asker, "leads to more than " + SchemaLimits.MAX_DOCUMENTS + " schemas of other rules");
        }
        if (!pattern.equals(home)) {
            foreign.add(pattern);
        }
        try {
            Object document = JsonTree.parse(text.getBytes(StandardCharsets.UTF_8));
            documents.put(pattern, document);
            return document;
        } catch (IOException e) {
            throw new PlatformException(new RequestError.InvalidSchema(asker, "is not JSON, or nested too deeply"), e);
        }
    }

    private SchemaNode node(SchemaReference at, @Nullable Object value, int depth) {
        SchemaNode known = nodes.get(at.text());
        if (known != null) {
            return known;
        }
        String location = at.pattern().equals(home) ? at.pointer() : at.pattern() + "#" + at.pointer();
        if (++count > SchemaLimits.MAX_SCHEMAS) {
            throw fault(location, "is one schema too many: there may be " + SchemaLimits.MAX_SCHEMAS);
        }
        if (depth > 2 * SchemaLimits.MAX_DEPTH) {
            throw fault(location, "is nested too deeply");
        }
        SchemaNode node;
        if (value instanceof Boolean constant) {
            node = new SchemaNode(location, constant);
            nodes.put(at.text(), node);
        } else if (value instanceof JsonObject object) {
            node = new SchemaNode(location, null);
            nodes.put(at.text(), node);
            for (String keyword : object.fieldNames()) {
                keyword(node, at, keyword, object.getValue(keyword), depth);
            }
        } else {
            throw fault(location, "must be a schema: an object or a boolean");
        }
        return node;
    }

    private void keyword(SchemaNode node, SchemaReference at, String keyword, @Nullable Object value, int depth) {
        String location = node.location + "/" + SchemaReference.escaped(keyword);
        if (REFUSED.contains(keyword)) {
            throw fault(location, "is not supported");
        } else if (SINGLE.contains(keyword)) {
            node.single.put(keyword, node(at.then(keyword), value, depth + 1));
        } else if (LISTS.contains(keyword)) {
            node.lists.put(keyword, list(at.then(keyword), location, value, depth));
        } else if (MAPS.contains(keyword)) {
            Map<String, SchemaNode> schemas = map(at.then(keyword), location, keyword, value, depth);
            if (!keyword.equals("$defs") && !keyword.equals("definitions")) {
                node.maps.put(keyword, schemas);
            }
        } else if (keyword.equals("$ref")) {
            unread.add(new Unread(node, SchemaReference.parse(at.pattern(), value, location)));
        } else if (keyword.equals("$schema") && !DRAFT.equals(value)) {
            throw fault(location, "must be " + DRAFT);
        } else if (keyword.equals("$id") && !at.steps().isEmpty()) {
            throw fault(location, "is supported at the top of a schema only");
        } else {
            Assertions.read(node, keyword, value, location);
        }
    }

    private List<SchemaNode> list(SchemaReference at, String location, @Nullable Object value, int depth) {
        if (!(value instanceof JsonArray array) || array.isEmpty()) {
            throw fault(location, "must be an array of schemas");
        }
        List<SchemaNode> schemas = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            schemas.add(node(at.then(Integer.toString(i)), array.getValue(i), depth + 2));
        }
        return schemas;
    }

    private Map<String, SchemaNode> map(
            SchemaReference at, String location, String keyword, @Nullable Object value, int depth) {
        if (!(value instanceof JsonObject object)) {
            throw fault(location, "must be an object of schemas");
        }
        boolean patterns = keyword.equals("patternProperties");
        if (patterns && object.size() > SchemaLimits.MAX_NAME_PATTERNS) {
            throw fault(location, "has more than " + SchemaLimits.MAX_NAME_PATTERNS + " patterns");
        }
        Map<String, SchemaNode> schemas = new LinkedHashMap<>();
        for (String name : object.fieldNames()) {
            String fault = patterns ? Patterns.nameFault(name) : null;
            if (fault != null) {
                throw fault(location + "/" + SchemaReference.escaped(name), fault);
            }
            schemas.put(name, node(at.then(name), object.getValue(name), depth + 2));
        }
        return schemas;
    }

    static PlatformException fault(String pointer, String reason) {
        return new PlatformException(new RequestError.InvalidSchema(pointer, reason));
    }
}
