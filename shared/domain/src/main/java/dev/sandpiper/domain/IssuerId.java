package dev.sandpiper.domain;

/**
 * The name of one who vouches for the users of a project: an issuer of tokens, or an endpoint that is asked.
 *
 * @param value 16 characters of {@code [0-9A-Za-z]}
 */
public record IssuerId(String value) {
    public static final int LENGTH = 16;

    public IssuerId {
        if (value.length() != LENGTH || !value.chars().allMatch(Identifiers::isAlphanumeric)) {
            throw new IllegalArgumentException("an issuer id is " + LENGTH + " characters of [0-9A-Za-z]");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
