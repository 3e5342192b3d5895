package dev.sandpiper.topics.schema;

/**
 * What a schema may be.
 *
 * @param maxBytes of its text
 * @param maxChecks how many schemas may be applied to the values of one payload, or as much work of another kind
 */
public record SchemaLimits(int maxBytes, int maxChecks) {
    /** Schemas within schemas, those that references lead to included. */
    static final int MAX_SCHEMAS = 2_000;

    /** Levels of schemas within one document. */
    static final int MAX_DEPTH = 32;

    /** Schemas that apply to the same value because one leads to the other. */
    static final int MAX_CHAIN = 32;

    /** Documents that one leads to. */
    static final int MAX_DOCUMENTS = 32;

    static final int MAX_NAME_PATTERNS = 16;
}
