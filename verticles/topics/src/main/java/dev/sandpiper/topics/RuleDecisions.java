package dev.sandpiper.topics;

import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.TopicPattern;
import dev.sandpiper.domain.Violation;
import dev.sandpiper.runtime.events.TopicRule;
import dev.sandpiper.topics.schema.SchemaCompiler;
import dev.sandpiper.topics.schema.SchemaCompiler.Compiled;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether a change of a project's rules may be made, from nothing but those rules. Takes milliseconds: not for event loops. */
final class RuleDecisions {
    private static final String ANYTHING = "true";
    private static final String REFERENCE = "topic:";

    private final SchemaCompiler compiler;
    private final int maxRules;

    RuleDecisions(SchemaCompiler compiler, int maxRules) {
        this.compiler = compiler;
        this.maxRules = maxRules;
    }

    /**
     * What the former schemas let pass and the new ones may refuse; empty when nothing does or nobody asked. Throws a {@link
     * PlatformException}: {@code VERSION_MISMATCH}, {@code TOO_MANY_TOPIC_RULES}, {@code INVALID_SCHEMA}, {@code SCHEMA_IN_USE}.
     */
    List<Violation> decide(RuleStore.RuleSet set, RuleAdmin.Change change) {
        Optional<StoredRule> existing = find(set, change.pattern());
        long version = existing.map(StoredRule::version).orElse(0L);
        if (!change.expected().holds(version)) {
            throw new PlatformException(new ConflictError.VersionMismatch(version));
        }
        if (existing.isEmpty() && change.spec() != null && set.rules().size() >= maxRules) {
            throw new PlatformException(new ConflictError.TooManyTopicRules(maxRules));
        }
        String pattern = change.pattern().text();
        Map<String, String> before = texts(set);
        Map<String, String> after = texts(set, change);
        List<String> affected = new ArrayList<>();
        if (after.containsKey(pattern)) {
            compiler.compile(pattern, after::get);
            affected.add(pattern);
        }
        affected.addAll(dependants(pattern, before, after));
        if (!change.backward()) {
            return List.of();
        }
        List<Violation> incompatible = new ArrayList<>();
        for (String name : affected) {
            compiler.incompatibilities(
                            name,
                            asked -> asked.equals(name) ? before.getOrDefault(name, ANYTHING) : before.get(asked),
                            after::get)
                    .forEach(violation -> incompatible.add(name.equals(pattern) ? violation : of(name, violation)));
        }
        return incompatible;
    }

    /** The new schema of the changed rule, compiled; null without one. */
    TopicRule.@Nullable PayloadSchema schema(RuleStore.RuleSet set, RuleAdmin.Change change) {
        Map<String, String> after = texts(set, change);
        String pattern = change.pattern().text();
        return after.containsKey(pattern)
                ? compiler.compile(pattern, after::get).schema()
                : null;
    }

    /** What a rule would have said of an event. */
    static List<Violation> violations(StoredEvent event, RuleSpec spec, TopicRule.@Nullable PayloadSchema schema) {
        if (spec.maxPayload() > 0 && event.data().length > spec.maxPayload()) {
            return List.of(new Violation("", "is larger than " + spec.maxPayload() + " bytes"));
        }
        if (schema == null) {
            return List.of();
        }
        return event.contentType() == null
                ? schema.violations(event.data())
                : List.of(new Violation("", "must be JSON"));
    }

    static Optional<StoredRule> find(RuleStore.RuleSet set, TopicPattern pattern) {
        return set.rules().stream()
                .filter(rule -> rule.pattern().equals(pattern))
                .findFirst();
    }

    /** The other rules whose schemas refer to this one, all of which can still be compiled. */
    private List<String> dependants(String pattern, Map<String, String> before, Map<String, String> after) {
        List<String> dependants = new ArrayList<>();
        before.forEach((name, text) -> {
            if (!name.equals(pattern) && text.contains(REFERENCE) && isReferenced(pattern, name, before)) {
                requireCompiles(name, pattern, after);
                dependants.add(name);
            }
        });
        return dependants;
    }

    private boolean isReferenced(String pattern, String by, Map<String, String> texts) {
        try {
            Compiled compiled = compiler.compile(by, texts::get);
            return compiled.references().contains(pattern);
        } catch (PlatformException e) {
            // It could not be used as it was: this change is not to blame.
            return false;
        }
    }

    private void requireCompiles(String name, String changed, Map<String, String> after) {
        try {
            compiler.compile(name, after::get);
        } catch (PlatformException e) {
            if (!after.containsKey(changed)) {
                throw new PlatformException(new ConflictError.SchemaInUse(name), e);
            }
            throw new PlatformException(
                    new RequestError.InvalidSchema(
                            "", "breaks the schema of the rule " + name + ", which refers to it: " + e.getMessage()),
                    e);
        }
    }

    private static Map<String, String> texts(RuleStore.RuleSet set) {
        Map<String, String> texts = new HashMap<>();
        for (StoredRule rule : set.rules()) {
            String schema = rule.spec().schema();
            if (schema != null) {
                texts.put(rule.pattern().text(), schema);
            }
        }
        return texts;
    }

    private static Map<String, String> texts(RuleStore.RuleSet set, RuleAdmin.Change change) {
        Map<String, String> texts = texts(set);
        String pattern = change.pattern().text();
        RuleSpec spec = change.spec();
        String schema = spec == null ? null : spec.schema();
        if (schema == null) {
            texts.remove(pattern);
        } else {
            texts.put(pattern, schema);
        }
        return texts;
    }

    private static Violation of(String pattern, Violation violation) {
        return new Violation(pattern + "#" + violation.pointer(), violation.reason());
    }
}
