package dev.sandpiper.schema;

/** The database could not be brought to the schema of this version; the message says which step failed. */
public final class SchemaMigrationException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public SchemaMigrationException(String message, Throwable cause) {
        super(message, cause);
    }
}
