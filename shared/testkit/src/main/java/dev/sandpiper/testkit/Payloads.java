package dev.sandpiper.testkit;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** Event payloads. */
public final class Payloads {
    private Payloads() {}

    /** JSON text in UTF-8: scalars, objects and arrays, up to four levels, with every kind of string. */
    public static Arbitrary<byte[]> json() {
        return jsonText(4).map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    /** Any bytes, up to 4 KB. */
    public static Arbitrary<byte[]> binary() {
        return Arbitraries.bytes().array(byte[].class).ofMaxSize(4_096);
    }

    /** JSON text nested at most that deep. */
    public static Arbitrary<String> jsonText(int depth) {
        Arbitrary<String> scalar = Arbitraries.oneOf(
                Arbitraries.of("null", "true", "false", "0", "-0.0", "1e300", "-1.5E-7"),
                Arbitraries.longs().map(String::valueOf),
                strings().map(Payloads::quoted));
        if (depth == 0) {
            return scalar;
        }
        Arbitrary<String> inner = Arbitraries.lazy(() -> jsonText(depth - 1));
        Arbitrary<String> array = inner.list().ofMaxSize(4).map(items -> "[" + String.join(",", items) + "]");
        Arbitrary<String> object = inner.list()
                .ofMaxSize(4)
                .flatMap(values -> strings().set().ofSize(values.size()).map(names -> {
                    StringBuilder text = new StringBuilder("{");
                    int i = 0;
                    for (String name : names) {
                        text.append(i == 0 ? "" : ",")
                                .append(quoted(name))
                                .append(':')
                                .append(values.get(i++));
                    }
                    return text.append('}').toString();
                }));
        return Arbitraries.oneOf(scalar, array, object);
    }

    private static Arbitrary<String> strings() {
        return Arbitraries.strings()
                .all()
                .ofMaxLength(20)
                .filter(text -> text.codePoints().noneMatch(c -> Character.getType(c) == Character.SURROGATE));
    }

    /** As a JSON string, with escapes only where JSON demands them. */
    public static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ') {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
