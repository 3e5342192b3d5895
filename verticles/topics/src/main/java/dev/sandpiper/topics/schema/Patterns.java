package dev.sandpiper.topics.schema;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Regular expressions that cannot be made to run for long. Those of values run in RE2, in time proportional to the text. Those
 * of {@code patternProperties} run in the validator's own engine, which backtracks: they must begin with {@code ^}, have no
 * groups, and leave open how often something repeats in two places at most, one of them without an upper bound, so that there is
 * little to go back to.
 */
final class Patterns {
    private static final int MAX_LENGTH = 256;

    /** Of an expression, written out. */
    private static final int MAX_SIZE = 2_000;

    private static final int MAX_REPEAT = 256;
    private static final int MAX_VARIABLE = 2;

    private Patterns() {}

    /** @return null, or what is wrong */
    static @Nullable String fault(String pattern) {
        if (pattern.length() > MAX_LENGTH) {
            return "has more than " + MAX_LENGTH + " characters";
        }
        if (size(pattern) > MAX_SIZE) {
            return "repeats too much";
        }
        try {
            Pattern.compile(pattern);
            return null;
        } catch (PatternSyntaxException e) {
            return "is no regular expression of RE2: " + e.getDescription();
        }
    }

    /** Likewise, for names of members. */
    static @Nullable String nameFault(String pattern) {
        String fault = fault(pattern);
        if (fault != null) {
            return fault;
        }
        return isSimple(pattern)
                ? null
                : "must begin with ^, have no groups, and repeat in two places at most, one of them without bound";
    }

    /** What the expression is long when its counted repetitions are written out, at most. */
    static long size(String pattern) {
        long factor = 1;
        for (int i = 0; i < pattern.length() && factor <= MAX_SIZE; i++) {
            char c = pattern.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '{') {
                factor *= Math.max(1, upperBound(pattern, i));
            }
        }
        return factor * Math.max(1, pattern.length());
    }

    /** Of the repetition that begins here; 1 when it is none, as in RE2. */
    private static long upperBound(String pattern, int at) {
        int end = pattern.indexOf('}', at);
        if (end < 0) {
            return 1;
        }
        long largest = 0;
        for (String bound : pattern.substring(at + 1, end).split(",", -1)) {
            boolean digits = bound.chars().allMatch(c -> c >= '0' && c <= '9');
            if (!digits) {
                return 1;
            }
            largest = Math.max(largest, bound.isEmpty() ? 0 : bound.length() > 6 ? MAX_SIZE : Long.parseLong(bound));
        }
        return largest;
    }

    private static boolean isSimple(String pattern) {
        if (!pattern.startsWith("^")) {
            return false;
        }
        int unbounded = 0;
        int variable = 0;
        int at = 1;
        while (at < pattern.length()) {
            int next = atom(pattern, at);
            if (next < 0) {
                return false;
            }
            int after = repetition(pattern, next);
            if (after < 0) {
                return false;
            }
            String repetition = pattern.substring(next, after);
            unbounded += isUnbounded(repetition) ? 1 : 0;
            variable += isFixed(repetition) ? 0 : 1;
            at = after;
        }
        return unbounded <= 1 && variable <= MAX_VARIABLE;
    }

    /** The end of the character, class or anchor that begins here; negative when it is anything else. */
    private static int atom(String pattern, int at) {
        char c = pattern.charAt(at);
        return switch (c) {
            case '\\' -> at + 1 < pattern.length() && isPlainEscape(pattern.charAt(at + 1)) ? at + 2 : -1;
            case '[' -> classEnd(pattern, at);
            case '$' -> at + 1 == pattern.length() ? at + 1 : -1;
            case '(', ')', '|', '*', '+', '?', '{', '}', ']', '^' -> -1;
            default -> at + 1;
        };
    }

    /** A sign, or one of the classes that mean the same in both engines. */
    private static boolean isPlainEscape(char c) {
        return "dDwWs".indexOf(c) >= 0 || (c > ' ' && c < 0x7f && !Character.isLetterOrDigit(c));
    }

    private static int classEnd(String pattern, int at) {
        int i = at + 1;
        if (i < pattern.length() && pattern.charAt(i) == '^') {
            i++;
        }
        for (int first = i; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '\\') {
                if (i + 1 >= pattern.length() || !isPlainEscape(pattern.charAt(i + 1))) {
                    return -1;
                }
                i++;
            } else if (c == ']') {
                return i == first ? -1 : i + 1;
            } else if (c == '[' || c == '&') {
                // Java would take these for unions and intersections.
                return -1;
            }
        }
        return -1;
    }

    /** The end of the repetition that begins here, which may be empty; negative when it is too large or lazy. */
    private static int repetition(String pattern, int at) {
        if (at == pattern.length()) {
            return at;
        }
        char c = pattern.charAt(at);
        int end = at;
        if (c == '*' || c == '+' || c == '?') {
            end = at + 1;
        } else if (c == '{') {
            if (upperBound(pattern, at) > MAX_REPEAT) {
                return -1;
            }
            end = pattern.indexOf('}', at) + 1;
        }
        boolean twice = end > at && end < pattern.length() && "*+?{".indexOf(pattern.charAt(end)) >= 0;
        return end == 0 || twice ? -1 : end;
    }

    private static boolean isUnbounded(String repetition) {
        return repetition.equals("*") || repetition.equals("+") || repetition.endsWith(",}");
    }

    private static boolean isFixed(String repetition) {
        return repetition.isEmpty() || (repetition.startsWith("{") && repetition.indexOf(',') < 0);
    }
}
