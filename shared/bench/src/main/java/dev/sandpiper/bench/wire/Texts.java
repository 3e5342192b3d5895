package dev.sandpiper.bench.wire;

import org.jspecify.annotations.Nullable;

/** Finds single members in JSON text whose shape is known. */
final class Texts {
    private Texts() {}

    static int count(String text, String part) {
        int count = 0;
        for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
            count++;
        }
        return count;
    }

    /** The first {@code "name":"value"}, null when there is none. */
    static @Nullable String string(String text, String name) {
        String before = "\"" + name + "\":\"";
        int at = text.indexOf(before);
        if (at < 0) {
            return null;
        }
        int from = at + before.length();
        int end = text.indexOf('"', from);
        return end < 0 ? null : text.substring(from, end);
    }

    /** The first {@code "name":123}, -1 when there is none. */
    static long number(String text, String name) {
        String before = "\"" + name + "\":";
        int at = text.indexOf(before);
        if (at < 0) {
            return -1;
        }
        int from = at + before.length();
        int end = from;
        while (end < text.length() && Character.isDigit(text.charAt(end))) {
            end++;
        }
        return end == from ? -1 : Long.parseLong(text, from, end, 10);
    }

    /** At most the first 200 characters, for a sentence. */
    static String shortened(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.length() <= 200 ? line : line.substring(0, 200) + "…";
    }
}
