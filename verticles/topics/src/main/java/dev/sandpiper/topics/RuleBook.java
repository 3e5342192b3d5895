package dev.sandpiper.topics;

import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.domain.Violation;
import dev.sandpiper.runtime.events.TopicRule;
import dev.sandpiper.runtime.events.TopicRules;
import dev.sandpiper.topics.schema.SchemaCompiler;
import dev.sandpiper.topics.schema.SchemaCompiler.Compiled;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every rule of the installation, compiled, in memory: so that a question costs a look into a map, and for a project without
 * rules nothing else. One thread at a time writes; any number reads.
 */
final class RuleBook implements TopicRules {
    private static final Logger log = LoggerFactory.getLogger(RuleBook.class);

    private final SchemaCompiler compiler;
    private volatile Map<TenantId, Map<ProjectId, Known>> tenants = new ConcurrentHashMap<>();
    private volatile boolean complete;

    /** @param schemas that were compiled for these rules, by pattern */
    private record Known(ProjectRules rules, Map<String, Entry> schemas) {}

    /** @param needs the versions of the rules whose schemas are in this one, its own included */
    private record Entry(Compiled compiled, Map<String, Long> needs) {}

    RuleBook(SchemaCompiler compiler) {
        this.compiler = compiler;
    }

    @Override
    public TopicRule of(TenantId tenant, ProjectId project, Topic topic) {
        Map<ProjectId, Known> projects = tenants.get(tenant);
        if (projects == null) {
            return TopicRule.NONE;
        }
        Known known = projects.get(project);
        return known == null ? TopicRule.NONE : known.rules().of(topic.name());
    }

    /** Whether all rules have been read once: before that, nothing is known about any topic. */
    boolean isComplete() {
        return complete;
    }

    void completed() {
        complete = true;
    }

    /** How many rules there are. */
    int size() {
        int size = 0;
        for (Map<ProjectId, Known> projects : tenants.values()) {
            for (Known known : projects.values()) {
                size += known.rules().size();
            }
        }
        return size;
    }

    /** Whether any of them says how much is kept. */
    boolean limitsRetention() {
        return tenants.values().stream()
                .flatMap(projects -> projects.values().stream())
                .anyMatch(known -> known.rules().limitRetention());
    }

    /** Takes the rules of a project as they are now. Compiles: not for event loops. */
    void take(RuleStore.RuleSet set) {
        take(set, tenants);
    }

    /** Forgets everything but these. Readers see the former rules until then. */
    void replace(List<RuleStore.RuleSet> sets) {
        Map<TenantId, Map<ProjectId, Known>> fresh = new ConcurrentHashMap<>();
        sets.forEach(set -> take(set, fresh));
        tenants = fresh;
    }

    private void take(RuleStore.RuleSet set, Map<TenantId, Map<ProjectId, Known>> into) {
        Map<ProjectId, Known> projects = into.computeIfAbsent(set.tenant(), any -> new ConcurrentHashMap<>());
        if (set.rules().isEmpty()) {
            projects.remove(set.project());
            if (projects.isEmpty()) {
                into.remove(set.tenant());
            }
            return;
        }
        Known before = projects.get(set.project());
        projects.put(set.project(), compile(set, before == null ? Map.of() : before.schemas()));
    }

    private Known compile(RuleStore.RuleSet set, Map<String, Entry> former) {
        Map<String, StoredRule> stored = new HashMap<>();
        set.rules().forEach(rule -> stored.put(rule.pattern().text(), rule));
        List<TopicRule> rules = new ArrayList<>();
        Map<String, Entry> schemas = new HashMap<>();
        for (StoredRule rule : set.rules()) {
            String pattern = rule.pattern().text();
            TopicRule.PayloadSchema schema = null;
            if (rule.spec().schema() != null) {
                Entry entry = former.get(pattern);
                if (entry == null || !isCurrent(entry, stored)) {
                    entry = compile(set, pattern, stored);
                }
                schemas.put(pattern, entry);
                schema = entry.compiled().schema();
            }
            rules.add(rule(rule, schema));
        }
        return new Known(new ProjectRules(rules), schemas);
    }

    private static boolean isCurrent(Entry entry, Map<String, StoredRule> stored) {
        return entry.needs().entrySet().stream().allMatch(need -> {
            StoredRule rule = stored.get(need.getKey());
            return rule != null && rule.version() == need.getValue();
        });
    }

    private Entry compile(RuleStore.RuleSet set, String pattern, Map<String, StoredRule> stored) {
        Compiled compiled;
        try {
            compiled = compiler.compile(pattern, name -> text(stored, name));
        } catch (PlatformException e) {
            // Stored by a node with other limits, most likely. To let everything pass would break a promise.
            log.atError()
                    .addKeyValue("tenant", set.tenant())
                    .addKeyValue("project", set.project())
                    .addKeyValue("pattern", pattern)
                    .setCause(e)
                    .log("The schema of a topic rule cannot be used on this node; its topics take no events");
            compiled = new Compiled(json -> List.of(new Violation("", "cannot be checked on this node")), Set.of());
        }
        Set<String> patterns = new HashSet<>(compiled.references());
        patterns.add(pattern);
        Map<String, Long> needs = new HashMap<>();
        for (String name : patterns) {
            StoredRule needed = stored.get(name);
            needs.put(name, needed == null ? 0 : needed.version());
        }
        return new Entry(compiled, needs);
    }

    private static @Nullable String text(Map<String, StoredRule> stored, String pattern) {
        StoredRule rule = stored.get(pattern);
        return rule == null ? null : rule.spec().schema();
    }

    static TopicRule rule(StoredRule stored, TopicRule.@Nullable PayloadSchema schema) {
        RuleSpec spec = stored.spec();
        return new TopicRule(
                stored.pattern().text(),
                stored.version(),
                spec.deliveryClass(),
                spec.dedupeWindow(),
                spec.maxPayload(),
                spec.retention(),
                spec.ttl(),
                schema);
    }
}
