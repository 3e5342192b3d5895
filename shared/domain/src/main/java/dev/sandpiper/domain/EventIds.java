package dev.sandpiper.domain;

import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;

/** Makes {@link EventId}s. Not safe for use by several threads: one instance per event loop. */
public final class EventIds {
    private static final byte[] ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".getBytes(StandardCharsets.US_ASCII);
    private static final int TIME_CHARACTERS = 10;

    private final RandomGenerator random;
    private final byte[] buffer = new byte[EventId.LENGTH];

    /** @param random seeded from a secure source; ids must be unique, not unguessable */
    public EventIds(RandomGenerator random) {
        this.random = random;
    }

    public EventId next(long epochMillis) {
        long time = epochMillis;
        for (int i = TIME_CHARACTERS - 1; i >= 0; i--) {
            buffer[i] = ALPHABET[(int) (time & 31)];
            time >>>= 5;
        }
        long high = random.nextLong();
        long low = random.nextLong();
        for (int i = 0; i < 8; i++) {
            buffer[TIME_CHARACTERS + i] = ALPHABET[(int) (high >>> (5 * i)) & 31];
            buffer[TIME_CHARACTERS + 8 + i] = ALPHABET[(int) (low >>> (5 * i)) & 31];
        }
        return new EventId(new String(buffer, StandardCharsets.ISO_8859_1));
    }
}
