package dev.sandpiper.topics.schema;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** When two JSON values are the same: {@code 1} and {@code 1.0} are, and the order of members says nothing. */
final class Values {
    private static final double EXACT = 0x1p53;

    private Values() {}

    /** A form that equals that of the same value, and of no other. */
    static @Nullable Object canonical(@Nullable Object value) {
        if (value instanceof JsonObject object) {
            return members(object);
        }
        if (value instanceof JsonArray array) {
            return items(array);
        }
        if (value instanceof Double number) {
            return number == Math.rint(number) && Math.abs(number) <= EXACT ? (Object) number.longValue() : number;
        }
        if (value instanceof Integer number) {
            return number.longValue();
        }
        return value;
    }

    /** Whether no item occurs twice. */
    static boolean areUnique(JsonArray array) {
        Set<@Nullable Object> seen = HashSet.newHashSet(array.size());
        for (int i = 0; i < array.size(); i++) {
            if (!seen.add(canonical(array.getValue(i)))) {
                return false;
            }
        }
        return true;
    }

    /** Its type in the sense of the keyword {@code type}; a whole number is an {@code integer}. */
    static String type(@Nullable Object value) {
        if (value == null) {
            return "null";
        }
        return switch (value) {
            case JsonObject object -> "object";
            case JsonArray array -> "array";
            case String text -> "string";
            case Boolean flag -> "boolean";
            case Double number -> number == Math.rint(number) ? "integer" : "number";
            default -> "integer";
        };
    }

    private static Map<String, @Nullable Object> members(JsonObject object) {
        Map<String, @Nullable Object> members = HashMap.newHashMap(object.size());
        for (String name : object.fieldNames()) {
            members.put(name, canonical(object.getValue(name)));
        }
        return members;
    }

    private static List<@Nullable Object> items(JsonArray array) {
        List<@Nullable Object> items = new ArrayList<>(array.size());
        for (int i = 0; i < array.size(); i++) {
            items.add(canonical(array.getValue(i)));
        }
        return items;
    }
}
