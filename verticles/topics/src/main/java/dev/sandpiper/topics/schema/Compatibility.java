package dev.sandpiper.topics.schema;

import dev.sandpiper.domain.Violation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether a schema lets pass whatever a former one did. It does when each of its keywords follows from one of the former's; which ones
 * follow is decided for those that schemas mostly consist of, and any other must not have changed. For one comparison, once,
 * which is metered.
 */
final class Compatibility {
    private static final int MAX = 20;
    private static final List<String> CONTAINERS = List.of(
            "not",
            "if",
            "then",
            "else",
            "contains",
            "propertyNames",
            "unevaluatedItems",
            "unevaluatedProperties",
            "oneOf",
            "prefixItems",
            "patternProperties",
            "dependentSchemas");

    private static final SchemaNode ANYTHING = new SchemaNode("", true);

    private final Sameness sameness = new Sameness();
    private final Map<SchemaNode, Set<SchemaNode>> assumed = new HashMap<>();
    private final Map<Set<SchemaNode>, SchemaNode> unions = new HashMap<>();
    private final List<Violation> found = new ArrayList<>();

    List<Violation> differences(SchemaNode former, SchemaNode wanted) {
        compare(former, wanted);
        return List.copyOf(found);
    }

    /** Adds what is wrong. A pair that is being compared already is taken for fine: schemas may lead back to themselves. */
    private void compare(SchemaNode former, SchemaNode wanted) {
        Meter.charge(1);
        if (found.size() >= MAX
                || Boolean.FALSE.equals(former.constant)
                || Boolean.TRUE.equals(wanted.constant)
                || !assumed.computeIfAbsent(former, any -> new HashSet<>()).add(wanted)
                || sameness.of(former, wanted)) {
            return;
        }
        if (Boolean.FALSE.equals(wanted.constant)) {
            report(wanted, "", "lets nothing pass any more");
            return;
        }
        var facts = new Facts(former, unions);
        wanted.assertions.forEach((keyword, value) -> {
            String reason = Implications.missing(facts, keyword, value);
            if (reason != null) {
                report(wanted, keyword, reason);
            }
        });
        if (wanted.reference != null) {
            compare(former, wanted.reference);
        }
        wanted.lists.getOrDefault("allOf", List.of()).forEach(part -> compare(former, part));
        properties(facts, wanted);
        additional(facts, wanted);
        items(facts, wanted);
        anyOf(facts, former, wanted);
        for (String keyword : CONTAINERS) {
            unchanged(facts, wanted, keyword);
        }
    }

    private void properties(Facts facts, SchemaNode wanted) {
        if (!facts.mayBe("object")) {
            return;
        }
        wanted.maps
                .getOrDefault("properties", Map.of())
                .forEach((name, schema) -> compare(facts.property(name), schema));
    }

    private void additional(Facts facts, SchemaNode wanted) {
        SchemaNode rest = wanted.single.get("additionalProperties");
        if (rest == null || Boolean.TRUE.equals(rest.constant) || !facts.mayBe("object")) {
            return;
        }
        Set<String> named =
                new HashSet<>(wanted.maps.getOrDefault("properties", Map.of()).keySet());
        for (String name : facts.properties()) {
            if (!named.contains(name)) {
                compareNamed(facts.property(name), rest, wanted, name);
            }
        }
        compareNamed(facts.rest(), rest, wanted, null);
    }

    private void compareNamed(SchemaNode former, SchemaNode rest, SchemaNode wanted, @Nullable String name) {
        if (Boolean.FALSE.equals(rest.constant)) {
            if (!Boolean.FALSE.equals(former.constant)) {
                report(
                        wanted,
                        "additionalProperties",
                        name == null ? "forbids members that were free to be there" : "forbids the member " + name);
            }
        } else {
            compare(former, rest);
        }
    }

    private void items(Facts facts, SchemaNode wanted) {
        SchemaNode items = wanted.single.get("items");
        if (items == null || !facts.mayBe("array")) {
            return;
        }
        if (wanted.lists.containsKey("prefixItems") || facts.has("prefixItems")) {
            unchanged(facts, wanted, "items");
            return;
        }
        SchemaNode before = facts.single("items");
        compare(before == null ? ANYTHING : before, items);
    }

    /** Each way to fit before must be one of the ways to fit now. */
    private void anyOf(Facts facts, SchemaNode former, SchemaNode wanted) {
        List<SchemaNode> now = wanted.lists.get("anyOf");
        if (now == null) {
            return;
        }
        List<SchemaNode> before = facts.list("anyOf");
        for (SchemaNode way : before == null ? List.of(former) : before) {
            if (now.stream().noneMatch(option -> fits(way, option))) {
                report(wanted, "anyOf", "has no place for something that fitted before");
                return;
            }
        }
    }

    private static boolean fits(SchemaNode former, SchemaNode wanted) {
        return new Compatibility().differences(former, wanted).isEmpty();
    }

    private void unchanged(Facts facts, SchemaNode wanted, String keyword) {
        Object now = Facts.keyword(wanted, keyword);
        if (now != null
                && facts.all().stream().noneMatch(node -> sameness.ofValues(Facts.keyword(node, keyword), now))) {
            report(wanted, keyword, "is new or has changed, and may refuse what fitted before");
        }
    }

    private void report(SchemaNode wanted, String keyword, String reason) {
        if (found.size() < MAX) {
            found.add(new Violation(keyword.isEmpty() ? wanted.location : wanted.location + "/" + keyword, reason));
        }
    }
}
