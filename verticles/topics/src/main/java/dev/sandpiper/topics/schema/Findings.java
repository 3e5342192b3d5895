package dev.sandpiper.topics.schema;

import dev.sandpiper.domain.Violation;
import io.vertx.json.schema.OutputUnit;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes of what the validator reports what a publisher can use: one reason for each place, the innermost. */
final class Findings {
    private static final int MAX = 20;
    private static final int MAX_REASON = 200;

    private Findings() {}

    static List<Violation> of(OutputUnit output) {
        List<OutputUnit> units = output.getErrors() == null ? List.of() : output.getErrors();
        Map<String, Violation> found = new LinkedHashMap<>();
        for (int i = 0; i < units.size() && found.size() < MAX; i++) {
            OutputUnit unit = units.get(i);
            if (i + 1 < units.size() && contains(unit, units.get(i + 1))) {
                // "A sub-schema had errors", and the next ones say which.
                continue;
            }
            String pointer = pointer(unit.getInstanceLocation());
            if (isAboutTheRest(unit) && isKnown(found.keySet(), pointer)) {
                // A member that does not fit its own schema is taken for one that has none.
                continue;
            }
            found.putIfAbsent(pointer, new Violation(pointer, reason(unit.getError())));
        }
        return found.isEmpty() ? List.of(new Violation("", "does not fit")) : List.copyOf(found.values());
    }

    private static boolean isAboutTheRest(OutputUnit unit) {
        String keyword = unit.getKeywordLocation();
        return keyword != null
                && (keyword.endsWith("/additionalProperties")
                        || keyword.endsWith("/unevaluatedProperties")
                        || keyword.endsWith("/unevaluatedItems"));
    }

    private static boolean isKnown(Set<String> pointers, String pointer) {
        return pointers.stream().anyMatch(known -> known.equals(pointer) || known.startsWith(pointer + "/"));
    }

    private static boolean contains(OutputUnit outer, OutputUnit inner) {
        return inner.getKeywordLocation() != null
                && inner.getKeywordLocation().startsWith(outer.getKeywordLocation() + "/");
    }

    private static String reason(@Nullable String error) {
        String reason = error == null ? "does not fit" : error;
        return reason.length() > MAX_REASON ? reason.substring(0, MAX_REASON) + "…" : reason;
    }

    /** The validator writes pointers as fragments of a URI: {@code #/a%20b}. */
    private static String pointer(@Nullable String location) {
        String fragment = location == null ? "" : location.substring(location.indexOf('#') + 1);
        if (fragment.indexOf('%') < 0) {
            return fragment;
        }
        byte[] in = fragment.getBytes(StandardCharsets.UTF_8);
        byte[] out = new byte[in.length];
        int length = 0;
        for (int i = 0; i < in.length; i++) {
            int high = in[i] == '%' && i + 2 < in.length ? Character.digit(in[i + 1], 16) : -1;
            int low = high >= 0 ? Character.digit(in[i + 2], 16) : -1;
            if (low >= 0) {
                out[length++] = (byte) (high << 4 | low);
                i += 2;
            } else {
                out[length++] = in[i];
            }
        }
        return new String(out, 0, length, StandardCharsets.UTF_8);
    }
}
