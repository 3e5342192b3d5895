package dev.sandpiper.domain;

/**
 * Names one event for ever. A ULID: 48 bits of milliseconds since 1970, then 80 random bits, in Crockford's base 32.
 *
 * @param value 26 characters
 * @see <a href="https://github.com/ulid/spec">ULID</a>
 */
public record EventId(String value) {
    public static final int LENGTH = 26;

    public EventId {
        if (value.length() != LENGTH) {
            throw new IllegalArgumentException("an event id is " + LENGTH + " characters");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
