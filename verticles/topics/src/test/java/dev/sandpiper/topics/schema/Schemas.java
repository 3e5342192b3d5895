package dev.sandpiper.topics.schema;

import dev.sandpiper.domain.Violation;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Compiles and applies schemas that are written down in tests. */
final class Schemas {
    static final SchemaLimits LIMITS = new SchemaLimits(65_536, 50_000);
    static final SchemaCompiler COMPILER = new SchemaCompiler(LIMITS);

    private Schemas() {}

    static List<Violation> check(String schema, String payload) {
        return check(Map.of("t", schema), payload);
    }

    /** @param schemas by the pattern of their rule; the one of {@code t} is applied */
    static List<Violation> check(Map<String, String> schemas, String payload) {
        return COMPILER.compile("t", schemas::get).schema().violations(payload.getBytes(StandardCharsets.UTF_8));
    }

    static List<Violation> incompatibilities(String before, String after) {
        return COMPILER.incompatibilities("t", Map.of("t", before)::get, Map.of("t", after)::get);
    }
}
