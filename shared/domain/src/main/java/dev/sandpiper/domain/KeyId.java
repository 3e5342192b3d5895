package dev.sandpiper.domain;

/**
 * The public part of an API key, by which it is looked up.
 *
 * @param value 16 characters of {@code [0-9A-Za-z]}
 */
public record KeyId(String value) {
    public static final int LENGTH = 16;

    public KeyId {
        if (value.length() != LENGTH || !value.chars().allMatch(Identifiers::isAlphanumeric)) {
            throw new IllegalArgumentException("a key id is " + LENGTH + " characters of [0-9A-Za-z]");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
