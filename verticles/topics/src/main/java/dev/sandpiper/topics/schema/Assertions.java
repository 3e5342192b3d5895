package dev.sandpiper.topics.schema;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the keywords without schemas in them, so that each has the type that it must have. */
final class Assertions {
    private static final Set<String> TYPES =
            Set.of("null", "boolean", "object", "array", "number", "integer", "string");

    private Assertions() {}

    /** Adds a keyword to the schema, or nothing when it decides nothing. */
    static void read(SchemaNode node, String keyword, @Nullable Object value, String location) {
        Object read = switch (keyword) {
            case "type" -> types(value, location);
            case "enum" -> array(value, location);
            case "const" -> new JsonArray().add(value);
            case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum" -> number(value, location);
            case "multipleOf" -> positive(value, location);
            case "minLength",
                    "maxLength",
                    "minItems",
                    "maxItems",
                    "minProperties",
                    "maxProperties",
                    "minContains",
                    "maxContains" -> count(value, location);
            case "pattern" -> pattern(value, location);
            case "format" -> format(value, location);
            case "required" -> names(value, location);
            case "dependentRequired" -> dependentNames(value, location);
            case "uniqueItems" -> flag(value, location);
            default -> null;
        };
        if (read != null) {
            node.assertions.put(keyword, read);
        }
    }

    private static List<String> types(@Nullable Object value, String location) {
        List<String> types = value instanceof String one ? List.of(one) : names(value, location);
        if (types.isEmpty() || !TYPES.containsAll(types)) {
            throw SchemaReader.fault(
                    location, "must be one or some of null, boolean, object, array, number, integer and" + " string");
        }
        return types;
    }

    private static JsonArray array(@Nullable Object value, String location) {
        if (value instanceof JsonArray array) {
            return array;
        }
        throw SchemaReader.fault(location, "must be an array");
    }

    private static Number number(@Nullable Object value, String location) {
        if (value instanceof Number number) {
            return number;
        }
        throw SchemaReader.fault(location, "must be a number");
    }

    private static Number positive(@Nullable Object value, String location) {
        Number number = number(value, location);
        if (number.doubleValue() <= 0) {
            throw SchemaReader.fault(location, "must be greater than 0");
        }
        return number;
    }

    /** As an int, which is what the validator counts with; none of ours is larger than the largest of them. */
    private static Integer count(@Nullable Object value, String location) {
        Number number = number(value, location);
        double amount = number.doubleValue();
        if (amount < 0 || amount != Math.rint(amount)) {
            throw SchemaReader.fault(location, "must be a whole number and not negative");
        }
        return number instanceof BigInteger ? Integer.MAX_VALUE : (int) Math.min(amount, Integer.MAX_VALUE);
    }

    private static String pattern(@Nullable Object value, String location) {
        if (!(value instanceof String pattern)) {
            throw SchemaReader.fault(location, "must be a string");
        }
        String fault = Patterns.fault(pattern);
        if (fault != null) {
            throw SchemaReader.fault(location, fault);
        }
        return pattern;
    }

    /** Null for one that is not checked. */
    private static @Nullable String format(@Nullable Object value, String location) {
        if (!(value instanceof String format)) {
            throw SchemaReader.fault(location, "must be a string");
        }
        return Formats.named(format) == null ? null : format;
    }

    private static List<String> names(@Nullable Object value, String location) {
        JsonArray array = array(value, location);
        List<String> names = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            if (!(array.getValue(i) instanceof String name) || names.contains(name)) {
                throw SchemaReader.fault(location, "must be an array of strings, none of them twice");
            }
            names.add(name);
        }
        return names;
    }

    private static Map<String, List<String>> dependentNames(@Nullable Object value, String location) {
        if (!(value instanceof JsonObject object)) {
            throw SchemaReader.fault(location, "must be an object");
        }
        Map<String, List<String>> dependent = new LinkedHashMap<>();
        for (String name : object.fieldNames()) {
            dependent.put(name, names(object.getValue(name), location + "/" + SchemaReference.escaped(name)));
        }
        return dependent;
    }

    private static Boolean flag(@Nullable Object value, String location) {
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw SchemaReader.fault(location, "must be true or false");
    }
}
