package dev.sandpiper.topics.schema;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A place in one of a project's schemas.
 *
 * @param pattern of the rule that has the schema
 * @param steps from the top of the document
 */
record SchemaReference(String pattern, List<String> steps) {
    private static final String SCHEME = "topic:";
    private static final String FORMS =
            "must be #, #/path/to/schema, or topic:pattern, optionally with such a fragment";

    SchemaReference {
        steps = List.copyOf(steps);
    }

    /** @param pattern of the document that the reference stands in */
    static SchemaReference parse(String pattern, @Nullable Object value, String location) {
        if (!(value instanceof String text)) {
            throw SchemaReader.fault(location, "must be a string");
        }
        int hash = text.indexOf('#');
        String document = hash < 0 ? text : text.substring(0, hash);
        String fragment = hash < 0 ? "" : decoded(text.substring(hash + 1), location);
        if (document.isEmpty() ? hash < 0 : !document.startsWith(SCHEME)) {
            throw SchemaReader.fault(location, FORMS);
        }
        if (!fragment.isEmpty() && !fragment.startsWith("/")) {
            throw SchemaReader.fault(location, FORMS);
        }
        String target = document.isEmpty() ? pattern : decoded(document.substring(SCHEME.length()), location);
        List<String> steps = new ArrayList<>();
        if (!fragment.isEmpty()) {
            for (String step : fragment.substring(1).split("/", -1)) {
                steps.add(step.replace("~1", "/").replace("~0", "~"));
            }
        }
        return new SchemaReference(target, steps);
    }

    SchemaReference then(String step) {
        List<String> longer = new ArrayList<>(steps);
        longer.add(step);
        return new SchemaReference(pattern, longer);
    }

    String pointer() {
        var pointer = new StringBuilder();
        steps.forEach(step -> pointer.append('/').append(escaped(step)));
        return pointer.toString();
    }

    /** One for each place. */
    String text() {
        return SCHEME + pattern + "#" + pointer();
    }

    static String escaped(String step) {
        return step.replace("~", "~0").replace("/", "~1");
    }

    /** Negative when it is no index of an array of that size. */
    static int index(String step, int size) {
        boolean digits = !step.isEmpty() && step.length() < 6 && step.chars().allMatch(c -> c >= '0' && c <= '9');
        int index = digits ? Integer.parseInt(step) : -1;
        return index < size ? index : -1;
    }

    private static String decoded(String text, String location) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        byte[] in = text.getBytes(StandardCharsets.UTF_8);
        byte[] out = new byte[in.length];
        int length = 0;
        for (int i = 0; i < in.length; i++) {
            if (in[i] != '%') {
                out[length++] = in[i];
                continue;
            }
            int high = i + 2 < in.length ? Character.digit(in[i + 1], 16) : -1;
            int low = i + 2 < in.length ? Character.digit(in[i + 2], 16) : -1;
            if (high < 0 || low < 0) {
                throw SchemaReader.fault(location, "is not percent-encoded properly");
            }
            out[length++] = (byte) (high << 4 | low);
            i += 2;
        }
        return new String(out, 0, length, StandardCharsets.UTF_8);
    }
}
