package dev.sandpiper.protocol;

import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.Violation;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Errors as the body of an HTTP answer. */
public final class ErrorJson {
    private ErrorJson() {}

    /** {@code {"error":{"code", "message", "details", "request_id"}}}. */
    public static byte[] encode(PlatformError error, String requestId) {
        JsonBytes json = new JsonBytes(256).beginObject();
        begin(json, error).name("request_id").string(requestId).endObject();
        return json.endObject().toByteArray();
    }

    /** The member {@code "error"} of an item of a batch, which shares the request's id. */
    public static JsonBytes member(JsonBytes json, PlatformError error) {
        return begin(json, error).endObject();
    }

    private static JsonBytes begin(JsonBytes json, PlatformError error) {
        json.name("error")
                .beginObject()
                .name("code")
                .string(error.code())
                .name("message")
                .string(error.message())
                .name("details")
                .beginObject();
        error.details().forEach((name, value) -> detail(json, name, value));
        return json.endObject();
    }

    /**
     * Problem details: {@code {"type", "title", "status", "detail", "code", "request_id"}} and the error's own details.
     *
     * @see <a href="https://www.rfc-editor.org/rfc/rfc9457">RFC 9457</a>
     */
    public static byte[] problem(PlatformError error, String requestId) {
        JsonBytes json = new JsonBytes(320)
                .beginObject()
                .name("type")
                .string("urn:sandpiper:error:" + error.code())
                .name("title")
                .string(title(error.code()))
                .name("status")
                .number(ErrorMapping.of(error).status())
                .name("detail")
                .string(error.message())
                .name("code")
                .string(error.code())
                .name("request_id")
                .string(requestId);
        Map<String, Object> details = error.details();
        if (!details.isEmpty()) {
            json.name("details").beginObject();
            details.forEach((name, value) -> detail(json, name, value));
            json.endObject();
        }
        return json.endObject().toByteArray();
    }

    /** The same for every error of a kind, as the RFC asks: {@code INVALID_TOPIC} becomes "Invalid topic". */
    private static String title(String code) {
        return code.charAt(0) + code.substring(1).replace('_', ' ').toLowerCase(Locale.ROOT);
    }

    private static void detail(JsonBytes json, String name, Object value) {
        json.name(name);
        switch (value) {
            case Long number -> json.number(number);
            case Integer number -> json.number(number);
            case Boolean flag -> json.bool(flag);
            case List<?> list -> list(json, list);
            default -> json.string(value.toString());
        }
    }

    private static void list(JsonBytes json, List<?> items) {
        json.beginArray();
        for (Object item : items) {
            if (item instanceof Violation violation) {
                violation(json, violation);
            } else {
                json.string(String.valueOf(item));
            }
        }
        json.endArray();
    }

    /** {@code {"pointer", "reason"}}. */
    public static JsonBytes violation(JsonBytes json, Violation violation) {
        return json.beginObject()
                .name("pointer")
                .string(violation.pointer())
                .name("reason")
                .string(violation.reason())
                .endObject();
    }
}
