package dev.sandpiper.domain;

/**
 * An application or environment within a tenant. Safe as one NATS subject token, as an SQL value and as a metric label.
 *
 * @param value 1 to 40 characters of {@code [a-z0-9_-]}, the first a letter or digit
 */
public record ProjectId(String value) {
    public ProjectId {
        Identifiers.requireSlug("project", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
