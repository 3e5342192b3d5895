package dev.sandpiper.topics.schema;

import io.vertx.core.json.JsonArray;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Everything that is known of the values that fit a schema: what it says itself, and what those say that it refers to. */
final class Facts {
    private static final SchemaNode ANYTHING = new SchemaNode("", true);

    private final List<SchemaNode> all = new ArrayList<>();
    private final Map<Set<SchemaNode>, SchemaNode> unions;

    /** @param unions made so far, so that the same schemas together are one schema, and a comparison comes to an end */
    Facts(SchemaNode node, Map<Set<SchemaNode>, SchemaNode> unions) {
        this.unions = unions;
        collect(node);
    }

    private void collect(SchemaNode node) {
        Meter.charge(1);
        all.add(node);
        if (node.reference != null) {
            collect(node.reference);
        }
        node.lists.getOrDefault("allOf", List.of()).forEach(this::collect);
    }

    /** Each of them applies. */
    List<SchemaNode> all() {
        return all;
    }

    List<Object> assertions(String keyword) {
        List<Object> values = new ArrayList<>();
        for (SchemaNode node : all) {
            Object value = node.assertions.get(keyword);
            if (value != null) {
                values.add(value);
            }
        }
        return values;
    }

    boolean has(String keyword) {
        return all.stream().anyMatch(node -> keyword(node, keyword) != null);
    }

    /** Whether a value that fits can be of this type. */
    boolean mayBe(String type) {
        Set<String> types = types();
        return types == null || types.contains(type) || (type.equals("number") && types.contains("integer"));
    }

    /** The types that fit; null when nothing is said of them. */
    @Nullable
    Set<String> types() {
        Set<String> types = null;
        for (SchemaNode node : all) {
            Set<String> said = said(node);
            if (said != null) {
                types = types == null ? said : common(types, said);
            }
        }
        return types;
    }

    private static @Nullable Set<String> said(SchemaNode node) {
        Object type = node.assertions.get("type");
        if (type != null) {
            Set<String> types = new HashSet<>();
            ((List<?>) type).forEach(name -> types.add((String) name));
            return types;
        }
        List<@Nullable Object> values = values(node);
        if (values == null) {
            return null;
        }
        Set<String> types = new HashSet<>();
        values.forEach(value -> types.add(Values.type(value)));
        return types;
    }

    private static Set<String> common(Set<String> some, Set<String> others) {
        Set<String> common = new HashSet<>();
        for (String type : some) {
            if (others.contains(type) || (type.equals("integer") && others.contains("number"))) {
                common.add(type);
            }
        }
        if (some.contains("number") && others.contains("integer")) {
            common.add("integer");
        }
        return common;
    }

    /** The values that {@code enum} or {@code const} allow; null when there is neither. */
    static @Nullable List<@Nullable Object> values(SchemaNode node) {
        Object constant = node.assertions.get("const");
        Object listed = constant == null ? node.assertions.get("enum") : constant;
        if (listed == null) {
            return null;
        }
        List<@Nullable Object> values = new ArrayList<>();
        JsonArray array = (JsonArray) listed;
        for (int i = 0; i < array.size(); i++) {
            values.add(Values.canonical(array.getValue(i)));
        }
        return values;
    }

    /** The members that are spoken of by name. */
    Set<String> properties() {
        Set<String> names = new LinkedHashSet<>();
        all.forEach(node ->
                names.addAll(node.maps.getOrDefault("properties", Map.of()).keySet()));
        return names;
    }

    /** What a member of this name must fit. */
    SchemaNode property(String name) {
        List<SchemaNode> schemas = new ArrayList<>();
        for (SchemaNode node : all) {
            SchemaNode named = node.maps.getOrDefault("properties", Map.of()).get(name);
            schemas.add(named == null ? restOf(node) : named);
        }
        return together(schemas);
    }

    /** What a member must fit that nobody names. */
    SchemaNode rest() {
        return together(all.stream().map(Facts::restOf).toList());
    }

    /** A member that a pattern matches is not one of the rest; nothing is known of it then. */
    private static SchemaNode restOf(SchemaNode node) {
        SchemaNode rest = node.single.get("additionalProperties");
        return rest == null || node.maps.containsKey("patternProperties") ? ANYTHING : rest;
    }

    private SchemaNode together(List<SchemaNode> schemas) {
        Set<SchemaNode> telling = new LinkedHashSet<>();
        schemas.stream().filter(schema -> !Boolean.TRUE.equals(schema.constant)).forEach(telling::add);
        if (telling.isEmpty()) {
            return ANYTHING;
        }
        for (SchemaNode schema : telling) {
            if (telling.size() == 1 || Boolean.FALSE.equals(schema.constant)) {
                return schema;
            }
        }
        return unions.computeIfAbsent(telling, several -> {
            var union = new SchemaNode("", null);
            union.lists.put("allOf", List.copyOf(several));
            return union;
        });
    }

    @Nullable
    SchemaNode single(String keyword) {
        List<SchemaNode> said = new ArrayList<>();
        for (SchemaNode node : all) {
            SchemaNode schema = node.single.get(keyword);
            if (schema != null) {
                said.add(schema);
            }
        }
        return said.isEmpty() ? null : together(said);
    }

    @Nullable
    List<SchemaNode> list(String keyword) {
        for (SchemaNode node : all) {
            List<SchemaNode> schemas = node.lists.get(keyword);
            if (schemas != null) {
                return schemas;
            }
        }
        return null;
    }

    static @Nullable Object keyword(SchemaNode node, String keyword) {
        Object single = node.single.get(keyword);
        Object list = single == null ? node.lists.get(keyword) : single;
        return list == null ? node.maps.get(keyword) : list;
    }
}
