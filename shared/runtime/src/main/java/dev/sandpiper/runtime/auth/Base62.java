package dev.sandpiper.runtime.auth;

import java.security.SecureRandom;

/** The alphabet of keys, tickets and ids: survives a double click, a shell and a URL. */
public final class Base62 {
    /** How many characters carry 256 bits. */
    public static final int LENGTH_OF_256_BITS = 43;

    private static final String DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int BASE = DIGITS.length();

    /** The largest multiple of 62 within a byte; what lies above is thrown away, or some digits would be likelier. */
    private static final int FAIR = 256 / BASE * BASE;

    private Base62() {}

    static boolean isDigit(char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    }

    static boolean isAll(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!isDigit(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** Each digit drawn by itself, all equally likely. */
    public static String random(SecureRandom source, int length) {
        var text = new StringBuilder(length);
        byte[] bytes = new byte[length + length / 8 + 1];
        while (text.length() < length) {
            source.nextBytes(bytes);
            for (int i = 0; i < bytes.length && text.length() < length; i++) {
                int draw = bytes[i] & 0xff;
                if (draw < FAIR) {
                    text.append(DIGITS.charAt(draw % BASE));
                }
            }
        }
        return text.toString();
    }

    /** The number from the most significant digit, padded with zeros on the left. */
    static String encode(long number, int length) {
        char[] text = new char[length];
        long rest = number;
        for (int i = length - 1; i >= 0; i--) {
            text[i] = DIGITS.charAt((int) (rest % BASE));
            rest /= BASE;
        }
        return new String(text);
    }
}
