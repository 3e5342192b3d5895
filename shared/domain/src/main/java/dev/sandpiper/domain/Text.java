package dev.sandpiper.domain;

/** Which strings are fit to be names. */
final class Text {
    private Text() {}

    /** Well-formed Unicode without control characters, 1 to {@code max} UTF-16 units. */
    static boolean isPrintable(String text, int max) {
        if (text.isEmpty() || text.length() > max) {
            return false;
        }
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            int type = Character.getType(c);
            if (type == Character.CONTROL
                    || type == Character.SURROGATE
                    || type == Character.LINE_SEPARATOR
                    || type == Character.PARAGRAPH_SEPARATOR) {
                return false;
            }
            i += Character.charCount(c);
        }
        return true;
    }

    /** Bytes of well-formed Unicode in UTF-8. */
    static int utf8Length(String text) {
        int length = text.length();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                // Either half of a pair stands for two of its four bytes.
                length += c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
            }
        }
        return length;
    }

    static boolean isAsciiPrintable(String text, int max) {
        return !text.isEmpty() && text.length() <= max && text.chars().allMatch(c -> c >= 0x20 && c < 0x7f);
    }
}
