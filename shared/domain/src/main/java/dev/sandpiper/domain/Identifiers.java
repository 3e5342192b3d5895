package dev.sandpiper.domain;

/** The alphabets that ids are made of. */
final class Identifiers {
    private static final int MAX_SLUG = 40;

    private Identifiers() {}

    static void requireSlug(String kind, String value) {
        boolean sane = !value.isEmpty() && value.length() <= MAX_SLUG && isLowerAlphanumeric(value.charAt(0));
        for (int i = 1; sane && i < value.length(); i++) {
            char c = value.charAt(i);
            sane = isLowerAlphanumeric(c) || c == '_' || c == '-';
        }
        if (!sane) {
            throw new IllegalArgumentException("a " + kind + " id is 1 to " + MAX_SLUG + " characters of [a-z0-9_-]");
        }
    }

    static boolean isAlphanumeric(int c) {
        return isLowerAlphanumeric(c) || (c >= 'A' && c <= 'Z');
    }

    private static boolean isLowerAlphanumeric(int c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    }
}
