package dev.sandpiper.filters;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Looking for something in a string, in a time that is bounded whatever the string. */
final class Searches {
    /** Longest string that is matched with a pattern. */
    static final int MAX_MATCHED = 4_096;

    /** Instructions of the largest pattern. */
    static final int MAX_PROGRAM = 200;

    /** Largest product of both lengths: looking for a string takes that many steps at worst. */
    private static final long MAX_PRODUCT = 1 << 20;

    private static final int MAX_KNOWN = 4_096;

    /** By their text: a pattern is a literal of a filter, and filters are few. */
    private static final Map<String, Pattern> PATTERNS = new ConcurrentHashMap<>();

    private Searches() {}

    /** Why a pattern cannot be used; null when it can. RE2 takes linear time, but what it multiplies is the pattern's size. */
    static @Nullable String fault(String pattern) {
        try {
            return pattern(pattern).programSize() > MAX_PROGRAM ? "a pattern is too large" : null;
        } catch (PatternSyntaxException e) {
            return "a pattern is no RE2 expression: " + e.getDescription();
        }
    }

    static boolean matches(String text, String pattern) {
        if (text.length() > MAX_MATCHED) {
            throw new IllegalArgumentException("the string is too long for a pattern");
        }
        return pattern(pattern).matcher(text).find();
    }

    static boolean contains(String text, String part) {
        if ((long) text.length() * part.length() > MAX_PRODUCT) {
            throw new IllegalArgumentException("the strings are too long to look for one in the other");
        }
        return text.contains(part);
    }

    private static Pattern pattern(String text) {
        Pattern known = PATTERNS.get(text);
        if (known != null) {
            return known;
        }
        if (PATTERNS.size() >= MAX_KNOWN) {
            PATTERNS.clear();
        }
        Pattern made = Pattern.compile(text);
        PATTERNS.put(text, made);
        return made;
    }
}
