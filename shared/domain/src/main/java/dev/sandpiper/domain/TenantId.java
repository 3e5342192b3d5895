package dev.sandpiper.domain;

/**
 * Who owns data and pays for it. Safe as one NATS subject token, as an SQL value and as a metric label.
 *
 * @param value 1 to 40 characters of {@code [a-z0-9_-]}, the first a letter or digit
 */
public record TenantId(String value) {
    public TenantId {
        Identifiers.requireSlug("tenant", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
