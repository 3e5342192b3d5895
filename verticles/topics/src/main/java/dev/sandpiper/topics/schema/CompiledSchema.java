package dev.sandpiper.topics.schema;

import dev.sandpiper.domain.Violation;
import dev.sandpiper.runtime.events.TopicRule;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonFormatValidator;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.SchemaRepository;
import io.vertx.json.schema.Validator;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A schema that is ready to be applied. A payload that fits is gone through once; only for one that does not, what is wrong is
 * collected in a second pass.
 */
final class CompiledSchema implements TopicRule.PayloadSchema {
    private static final String BASE = "urn:sandpiper:schema";

    /** To say what is wrong costs more than to find that something is. */
    private static final int PLACES = 5;

    private final Validator quick;
    private final Validator thorough;
    private final int maxChecks;

    CompiledSchema(SchemaNode root, int maxChecks) {
        this.maxChecks = maxChecks;
        var emitter = new SchemaEmitter();
        JsonSchema schema = emitter.emit(root);
        Map<String, Check> checks = Map.copyOf(emitter.checks());
        JsonFormatValidator format = (type, name, value) -> check(checks, name, value);
        var repository =
                SchemaRepository.create(options(OutputFormat.Flag), format).dereference(schema);
        this.quick = repository.validator(schema, options(OutputFormat.Flag), false);
        this.thorough = repository.validator(schema, options(OutputFormat.Basic), false);
    }

    @Override
    public List<Violation> violations(byte[] json) {
        Object document;
        try {
            document = JsonTree.parse(json);
        } catch (IOException e) {
            return List.of(
                    new Violation(
                            "",
                            "is not JSON that a schema can be applied to: malformed, nested too deeply, or a number too large"));
        }
        try {
            Meter.start(maxChecks);
            if (quick.validate(document).getValid()) {
                return List.of();
            }
        } catch (Meter.Exhausted e) {
            return List.of(new Violation("", "takes more than " + maxChecks + " checks"));
        }
        try {
            Meter.start(maxChecks / PLACES);
            return Findings.of(thorough.validate(document));
        } catch (Meter.Exhausted e) {
            return List.of(new Violation("", "does not fit, in too many places to name them"));
        }
    }

    private static @Nullable String check(Map<String, Check> checks, @Nullable String name, @Nullable Object value) {
        Check check = name == null ? null : checks.get(name);
        return check == null ? null : check.fault(value);
    }

    private static JsonSchemaOptions options(OutputFormat format) {
        return new JsonSchemaOptions()
                .setBaseUri(BASE)
                .setDraft(Draft.DRAFT202012)
                .setOutputFormat(format);
    }
}
