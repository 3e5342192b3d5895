package dev.sandpiper.http;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Names requests. Not safe for use by several threads: one instance per event loop. */
final class RequestIds {
    private static final int MAX = 64;
    private static final String PREFIX = "req_";
    private static final char[] ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz".toCharArray();
    private static final int DIGITS = 12;

    private final RandomGenerator random;
    private final char[] buffer = (PREFIX + "0".repeat(DIGITS)).toCharArray();

    RequestIds(RandomGenerator random) {
        this.random = random;
    }

    /** The client's own id when it is sane, otherwise a new one. */
    String choose(@Nullable String proposed) {
        return proposed != null && isSane(proposed) ? proposed : next();
    }

    private String next() {
        long bits = random.nextLong();
        for (int i = 0; i < DIGITS; i++) {
            buffer[PREFIX.length() + i] = ALPHABET[(int) (bits >>> (5 * i)) & 31];
        }
        return new String(buffer);
    }

    private static boolean isSane(String id) {
        if (id.isEmpty() || id.length() > MAX) {
            return false;
        }
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            boolean fine = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || c == '.'
                    || c == '_'
                    || c == '-';
            if (!fine) {
                return false;
            }
        }
        return true;
    }
}
