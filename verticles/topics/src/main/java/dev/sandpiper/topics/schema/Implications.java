package dev.sandpiper.topics.schema;

import io.vertx.core.json.JsonArray;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** Whether a keyword without schemas in it follows from what is known. */
final class Implications {
    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("minimum", "number"),
            Map.entry("maximum", "number"),
            Map.entry("exclusiveMinimum", "number"),
            Map.entry("exclusiveMaximum", "number"),
            Map.entry("multipleOf", "number"),
            Map.entry("minLength", "string"),
            Map.entry("maxLength", "string"),
            Map.entry("pattern", "string"),
            Map.entry("format", "string"),
            Map.entry("minItems", "array"),
            Map.entry("maxItems", "array"),
            Map.entry("uniqueItems", "array"),
            Map.entry("minContains", "array"),
            Map.entry("maxContains", "array"),
            Map.entry("required", "object"),
            Map.entry("dependentRequired", "object"),
            Map.entry("minProperties", "object"),
            Map.entry("maxProperties", "object"));

    private Implications() {}

    /** @return null when it follows, otherwise what it does */
    static @Nullable String missing(Facts facts, String keyword, Object value) {
        String type = TYPES.get(keyword);
        if (type != null && !facts.mayBe(type)) {
            return null;
        }
        return switch (keyword) {
            case "type" -> types(facts, (List<?>) value);
            case "enum", "const" -> values(facts, (JsonArray) value);
            case "required" -> required(facts, (List<?>) value);
            case "minimum" ->
                bound(
                        facts,
                        List.of("minimum", "exclusiveMinimum"),
                        value,
                        (was, is) -> was >= is,
                        "raises the minimum");
            case "maximum" ->
                bound(
                        facts,
                        List.of("maximum", "exclusiveMaximum"),
                        value,
                        (was, is) -> was <= is,
                        "lowers the maximum");
            case "exclusiveMinimum" ->
                bound(facts, List.of(keyword), value, (was, is) -> was >= is, "raises the minimum");
            case "exclusiveMaximum" ->
                bound(facts, List.of(keyword), value, (was, is) -> was <= is, "lowers the maximum");
            case "minLength", "minItems", "minProperties", "minContains" ->
                number(value) == 0
                        ? null
                        : bound(facts, List.of(keyword), value, (was, is) -> was >= is, "raises the minimum");
            case "maxLength", "maxItems", "maxProperties", "maxContains" ->
                bound(facts, List.of(keyword), value, (was, is) -> was <= is, "lowers the maximum");
            default ->
                Boolean.FALSE.equals(value) || facts.assertions(keyword).contains(value)
                        ? null
                        : "is new or has changed, and may refuse what fitted before";
        };
    }

    private static @Nullable String types(Facts facts, List<?> wanted) {
        Set<String> before = facts.types();
        if (before == null) {
            return "allows some types only";
        }
        for (String type : before) {
            if (!wanted.contains(type) && !(type.equals("integer") && wanted.contains("number"))) {
                return "does not allow the type " + type + " any more";
            }
        }
        return null;
    }

    private static @Nullable String values(Facts facts, JsonArray wanted) {
        Set<@Nullable Object> allowed = new HashSet<>();
        for (int i = 0; i < wanted.size(); i++) {
            allowed.add(Values.canonical(wanted.getValue(i)));
        }
        for (SchemaNode node : facts.all()) {
            List<@Nullable Object> before = Facts.values(node);
            if (before != null && allowed.containsAll(before)) {
                return null;
            }
        }
        return "does not allow some value any more";
    }

    private static @Nullable String required(Facts facts, List<?> wanted) {
        List<Object> before = new ArrayList<>();
        facts.assertions("required").forEach(names -> before.addAll((List<?>) names));
        for (Object name : wanted) {
            if (!before.contains(name)) {
                return "requires the member " + Objects.toString(name);
            }
        }
        return null;
    }

    private static @Nullable String bound(
            Facts facts, List<String> keywords, Object value, BiPredicate<Double, Double> follows, String reason) {
        double now = number(value);
        for (String keyword : keywords) {
            for (Object before : facts.assertions(keyword)) {
                if (follows.test(number(before), now)) {
                    return null;
                }
            }
        }
        return reason;
    }

    private static double number(Object value) {
        return ((Number) value).doubleValue();
    }
}
