package dev.sandpiper.filters;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.cel.common.values.NullValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON as values of CEL. Whole numbers that fit become {@code int}, so that they can be counted with; all others become
 * {@code double}.
 */
final class JsonValues {
    private static final JsonFactory JSON = new JsonFactory();

    private JsonValues() {}

    /** @throws IllegalArgumentException when it is no JSON */
    static Object parse(byte[] text) {
        try (JsonParser json = JSON.createParser(text)) {
            json.nextToken();
            return value(json);
        } catch (IOException e) {
            throw new IllegalArgumentException("the payload is not JSON", e);
        }
    }

    private static Object value(JsonParser json) throws IOException {
        JsonToken token = json.currentToken();
        if (token == null) {
            throw new IllegalArgumentException("the payload is empty");
        }
        return switch (token) {
            case START_OBJECT -> object(json);
            case START_ARRAY -> array(json);
            case VALUE_STRING -> json.getText();
            case VALUE_NUMBER_INT -> wholeNumber(json);
            case VALUE_NUMBER_FLOAT -> json.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> NullValue.NULL_VALUE;
        };
    }

    private static Object wholeNumber(JsonParser json) throws IOException {
        return json.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                ? (Object) json.getDoubleValue()
                : (Object) json.getLongValue();
    }

    private static Map<String, Object> object(JsonParser json) throws IOException {
        Map<String, Object> object = new HashMap<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            json.nextToken();
            object.put(name, value(json));
        }
        return object;
    }

    private static List<Object> array(JsonParser json) throws IOException {
        List<Object> array = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            array.add(value(json));
        }
        return array;
    }
}
