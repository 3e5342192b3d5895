package dev.sandpiper.topics.schema;

import dev.sandpiper.domain.Violation;
import dev.sandpiper.runtime.events.TopicRule;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** From the texts of a project's schemas to something that payloads can be checked with. Safe for use by several threads. */
public final class SchemaCompiler {
    private static final int MAX_COMPARISONS = 200_000;

    private final SchemaLimits limits;

    public SchemaCompiler(SchemaLimits limits) {
        this.limits = limits;
    }

    /**
     * A schema, compiled.
     *
     * @param references the patterns of other rules whose schemas it needs
     */
    public record Compiled(TopicRule.PayloadSchema schema, Set<String> references) {
        public Compiled {
            references = Set.copyOf(references);
        }
    }

    /**
     * Compiles the schema of one rule. Takes milliseconds: not for event loops.
     *
     * @param pattern of the rule
     * @param texts the schemas of the project by the pattern of their rule; null when there is none
     * @throws dev.sandpiper.domain.PlatformException with {@code INVALID_SCHEMA}
     */
    public Compiled compile(String pattern, Function<String, @Nullable String> texts) {
        var reader = new SchemaReader(pattern, texts);
        SchemaNode root = read(reader, texts.apply(pattern));
        return new Compiled(new CompiledSchema(root, limits.maxChecks()), reader.foreign());
    }

    /**
     * What the former schema of a rule let pass and the new one may refuse; empty when there is surely nothing. Careful: a change
     * that cannot be shown to be harmless counts.
     *
     * @param before the schemas of the project as they were
     * @param after as they are to be
     */
    public List<Violation> incompatibilities(
            String pattern, Function<String, @Nullable String> before, Function<String, @Nullable String> after) {
        SchemaNode former = read(new SchemaReader(pattern, before), before.apply(pattern));
        SchemaNode wanted = read(new SchemaReader(pattern, after), after.apply(pattern));
        try {
            Meter.start(MAX_COMPARISONS);
            return new Compatibility().differences(former, wanted);
        } catch (Meter.Exhausted e) {
            return List.of(new Violation("", "is too complex to be compared with the former schema"));
        }
    }

    private SchemaNode read(SchemaReader reader, @Nullable String text) {
        if (text != null && text.getBytes(StandardCharsets.UTF_8).length > limits.maxBytes()) {
            throw SchemaReader.fault("", "has more than " + limits.maxBytes() + " bytes");
        }
        return reader.read();
    }
}
