package dev.sandpiper.runtime.nats;

import java.time.Instant;
import java.time.LocalDate;

/** Reads the one form of RFC 3339 that nats-server writes, {@code 2026-01-25T09:00:00.123456789Z}, without a formatter. */
final class Timestamps {
    private static final int FRACTION_AT = 20;
    private static final int NANO_DIGITS = 9;

    private Timestamps() {}

    static Instant parse(String text) {
        int last = text.length() - 1;
        if (last < FRACTION_AT - 1 || text.charAt(last) != 'Z') {
            return Instant.parse(text);
        }
        long day = LocalDate.of(digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10))
                .toEpochDay();
        long seconds = day * 86_400 + digits(text, 11, 13) * 3_600L + digits(text, 14, 16) * 60L + digits(text, 17, 19);
        int nanos = 0;
        if (last > FRACTION_AT) {
            nanos = digits(text, FRACTION_AT, last);
            for (int n = last - FRACTION_AT; n < NANO_DIGITS; n++) {
                nanos *= 10;
            }
        }
        return Instant.ofEpochSecond(seconds, nanos);
    }

    private static int digits(String text, int from, int to) {
        int value = 0;
        for (int i = from; i < to; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                throw new IllegalArgumentException("not a timestamp of nats-server");
            }
            value = value * 10 + digit;
        }
        return value;
    }
}
