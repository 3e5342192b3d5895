package dev.sandpiper.domain;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a publisher says about an event beside its payload: text under names, in the order in which it was given. Valid by
 * construction and immutable; events without headers share {@link #NONE}.
 */
public final class EventHeaders {
    public static final int MAX_COUNT = 16;

    /** Characters of a name: {@code a-z 0-9 . _ -}. */
    public static final int MAX_NAME = 64;

    /** Bytes of a value in UTF-8. */
    public static final int MAX_VALUE = 1_024;

    /** Bytes of all names and values together. */
    public static final int MAX_TOTAL = 4_096;

    /** Where headers stand in an event, as a JSON Pointer. */
    public static final String POINTER = "/headers";

    public static final EventHeaders NONE = new EventHeaders(Map.of(), 0);

    /** What an entry of a map holds on the heap besides its text, roughly. */
    private static final int ENTRY = 128;

    private final Map<String, String> values;
    private final int size;

    private EventHeaders(Map<String, String> values, int size) {
        this.values = values;
        this.size = size;
    }

    /** @throws PlatformException with {@code INVALID_HEADERS}, which says what is wrong with each */
    public static EventHeaders of(Map<String, String> values) {
        if (values.isEmpty()) {
            return NONE;
        }
        List<Violation> wrong = violations(values);
        if (!wrong.isEmpty()) {
            throw new PlatformException(new RequestError.InvalidHeaders(wrong));
        }
        return made(values);
    }

    /** As much of these as can be headers: for a reader of what somebody else may have written. */
    public static EventHeaders asFarAsValid(Map<String, String> values) {
        Map<String, String> valid = new LinkedHashMap<>();
        int size = 0;
        for (Map.Entry<String, String> entry : values.entrySet()) {
            int more = size(entry);
            boolean fits = valid.size() < MAX_COUNT && size + more <= MAX_TOTAL;
            if (fits && isName(entry.getKey()) && isValue(entry.getValue())) {
                valid.put(entry.getKey(), entry.getValue());
                size += more;
            }
        }
        return valid.isEmpty() ? NONE : made(valid);
    }

    private static EventHeaders made(Map<String, String> values) {
        return new EventHeaders(Collections.unmodifiableMap(new LinkedHashMap<>(values)), total(values));
    }

    private static List<Violation> violations(Map<String, String> values) {
        List<Violation> wrong = new ArrayList<>();
        if (values.size() > MAX_COUNT) {
            wrong.add(new Violation(POINTER, "must be at most " + MAX_COUNT));
            return wrong;
        }
        values.forEach((name, value) -> {
            if (!isName(name)) {
                wrong.add(new Violation(pointer(name), "must be a name of 1 to " + MAX_NAME + " of a-z 0-9 . _ -"));
            } else if (!isValue(value)) {
                wrong.add(new Violation(
                        pointer(name), "must be at most " + MAX_VALUE + " bytes of text without control characters"));
            }
        });
        if (wrong.isEmpty() && total(values) > MAX_TOTAL) {
            wrong.add(new Violation(POINTER, "must be at most " + MAX_TOTAL + " bytes together"));
        }
        return wrong;
    }

    /** Whether a header can have this name. Nothing in it needs to be escaped anywhere. */
    private static boolean isName(String name) {
        if (name.isEmpty() || name.length() > MAX_NAME) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '.' && c != '_' && c != '-') {
                return false;
            }
        }
        return true;
    }

    private static boolean isValue(String value) {
        return value.isEmpty() || (Text.isPrintable(value, MAX_VALUE) && Text.utf8Length(value) <= MAX_VALUE);
    }

    /** Where a header stands in an event, as a JSON Pointer, with as much of its name as anybody wants to read. */
    public static String pointer(String name) {
        String shown = name.length() > MAX_NAME ? name.substring(0, MAX_NAME) : name;
        return POINTER + "/" + shown.replace("~", "~0").replace("/", "~1");
    }

    private static int total(Map<String, String> values) {
        int total = 0;
        for (Map.Entry<String, String> entry : values.entrySet()) {
            total += size(entry);
        }
        return total;
    }

    private static int size(Map.Entry<String, String> header) {
        return header.getKey().length() + Text.utf8Length(header.getValue());
    }

    public boolean isEmpty() {
        return values.isEmpty();
    }

    /** Never modified, in the order in which they were given. */
    public Map<String, String> asMap() {
        return values;
    }

    /** Bytes of all names and values in UTF-8. */
    public int size() {
        return size;
    }

    /** What they hold on the heap, roughly; 0 for none. */
    int weight() {
        return size + values.size() * ENTRY;
    }

    /** Whatever the order. */
    @Override
    public boolean equals(Object other) {
        return other instanceof EventHeaders that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    /** Names only: values may be somebody's secret. */
    @Override
    public String toString() {
        return "EventHeaders" + values.keySet();
    }
}
