package dev.sandpiper.topics.schema;

import com.google.re2j.Pattern;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What is done for one schema besides what the validator does: it counts, so that a check ends, and it decides the keywords whose
 * cost the validator does not bound or that it reads wrongly: {@code pattern}, {@code format}, {@code enum}, {@code const}, {@code
 * uniqueItems}, {@code required} and {@code dependentRequired}.
 *
 * @param weight of evaluating the schema once, in units of about a microsecond
 * @param namePatterns how many expressions each member's name is compared with
 * @param patternSize the length of the expression, repetitions written out
 * @param allowed in their canonical form; null for any
 * @param dependent which members must be there beside which
 */
record Check(
        int weight,
        int namePatterns,
        @Nullable Pattern pattern,
        long patternSize,
        @Nullable String formatName,
        @Nullable Predicate<String> format,
        @Nullable Set<@Nullable Object> allowed,
        boolean unique,
        List<String> required,
        Map<String, List<String>> dependent) {
    /** Entries of a schema's lists that the validator goes through in one unit. */
    private static final int ENTRIES = 8;

    /** Steps of the expression engine in one unit: characters times length of the expression. */
    private static final int STEPS = 128;

    private static final int ITEMS = 4;

    static Check of(SchemaNode node) {
        Map<String, Object> assertions = node.assertions;
        Object pattern = assertions.get("pattern");
        Object format = assertions.get("format");
        return new Check(
                1 + entries(node) / ENTRIES,
                node.maps.getOrDefault("patternProperties", Map.of()).size(),
                pattern == null ? null : Pattern.compile((String) pattern),
                pattern == null ? 0 : Patterns.size((String) pattern),
                (String) format,
                format == null ? null : Formats.named((String) format),
                allowed(assertions),
                Boolean.TRUE.equals(assertions.get("uniqueItems")),
                required(assertions),
                dependent(assertions));
    }

    /** @return null, or what is wrong with the value */
    @Nullable
    String fault(@Nullable Object value) {
        Meter.charge(weight);
        if (allowed != null && !allowed.contains(Values.canonical(value))) {
            return allowed.size() == 1
                    ? "is not the one value that is allowed"
                    : "is none of the values that are allowed";
        }
        if (value instanceof String text) {
            return textFault(text);
        }
        if (value instanceof JsonArray array) {
            return arrayFault(array);
        }
        return value instanceof JsonObject object ? objectFault(object) : null;
    }

    private @Nullable String textFault(String text) {
        if (pattern != null) {
            Meter.charge(patternSize * text.length() / STEPS);
            if (!pattern.matcher(text).find()) {
                return "does not match the pattern " + pattern.pattern();
            }
        }
        return format != null && !format.test(text) ? "is not of the format " + formatName : null;
    }

    private @Nullable String objectFault(JsonObject object) {
        Meter.charge((long) namePatterns * object.size());
        for (String needed : required) {
            if (!object.containsKey(needed)) {
                return "must have the member " + needed;
            }
        }
        for (Map.Entry<String, List<String>> entry : dependent.entrySet()) {
            if (object.containsKey(entry.getKey())) {
                for (String needed : entry.getValue()) {
                    if (!object.containsKey(needed)) {
                        return "has " + entry.getKey() + " and must have " + needed + " too";
                    }
                }
            }
        }
        return null;
    }

    private @Nullable String arrayFault(JsonArray array) {
        if (!unique) {
            return null;
        }
        Meter.charge(array.size() / ITEMS);
        return Values.areUnique(array) ? null : "has an item twice";
    }

    private static int entries(SchemaNode node) {
        int entries = node.maps.getOrDefault("properties", Map.of()).size();
        for (Object value : node.assertions.values()) {
            entries += switch (value) {
                case List<?> list -> list.size();
                case Map<?, ?> map ->
                    map.values().stream()
                            .mapToInt(item -> ((List<?>) item).size())
                            .sum();
                default -> 0;
            };
        }
        return entries;
    }

    private static @Nullable Set<@Nullable Object> allowed(Map<String, Object> assertions) {
        JsonArray listed = (JsonArray) assertions.get("enum");
        JsonArray constant = (JsonArray) assertions.get("const");
        if (listed == null && constant == null) {
            return null;
        }
        Set<@Nullable Object> allowed = new HashSet<>();
        addTo(allowed, listed == null ? constant : listed);
        if (listed != null && constant != null) {
            Set<@Nullable Object> one = new HashSet<>();
            addTo(one, constant);
            allowed.retainAll(one);
        }
        return allowed;
    }

    private static void addTo(Set<@Nullable Object> allowed, @Nullable JsonArray values) {
        for (int i = 0; values != null && i < values.size(); i++) {
            allowed.add(Values.canonical(values.getValue(i)));
        }
    }

    @SuppressWarnings("unchecked")
    private static List<String> required(Map<String, Object> assertions) {
        Object required = assertions.get("required");
        return required == null ? List.of() : (List<String>) required;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, List<String>> dependent(Map<String, Object> assertions) {
        Object dependent = assertions.get("dependentRequired");
        return dependent == null ? Map.of() : (Map<String, List<String>>) dependent;
    }
}
