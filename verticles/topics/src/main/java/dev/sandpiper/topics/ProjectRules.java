package dev.sandpiper.topics;

import dev.sandpiper.runtime.events.TopicRule;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rules of one project, ready for questions. Finding the longest beginning takes one binary search: of all beginnings the
 * one that sorts last before the name is either the longest that the name has, or begins with it itself.
 */
final class ProjectRules {
    static final ProjectRules NONE = new ProjectRules(List.of());

    private final Map<String, TopicRule> exact = new HashMap<>();
    private final String[] beginnings;
    private final TopicRule[] rules;
    private final boolean limitRetention;

    /** For each beginning, the index of the longest shorter one that it begins with; -1 for none. */
    private final int[] shorter;

    ProjectRules(Collection<TopicRule> all) {
        all.stream().filter(rule -> !rule.pattern().endsWith("*")).forEach(rule -> exact.put(rule.pattern(), rule));
        rules = all.stream()
                .filter(rule -> rule.pattern().endsWith("*"))
                .sorted(Comparator.comparing(ProjectRules::beginning))
                .toArray(TopicRule[]::new);
        beginnings = Arrays.stream(rules).map(ProjectRules::beginning).toArray(String[]::new);
        limitRetention = all.stream().anyMatch(rule -> !rule.retention().equals(TopicRule.Retention.UNLIMITED));
        shorter = new int[rules.length];
        for (int i = 0; i < rules.length; i++) {
            int candidate = i - 1;
            while (candidate >= 0 && !beginnings[i].startsWith(beginnings[candidate])) {
                candidate = shorter[candidate];
            }
            shorter[i] = candidate;
        }
    }

    /** The most specific rule for a topic; {@link TopicRule#NONE} without one. */
    TopicRule of(String topic) {
        TopicRule named = exact.get(topic);
        if (named != null) {
            return named;
        }
        int at = lastNotAfter(topic);
        while (at >= 0 && !topic.startsWith(beginnings[at])) {
            at = shorter[at];
        }
        return at < 0 ? TopicRule.NONE : rules[at];
    }

    /** The rule with exactly this pattern. */
    @Nullable
    TopicRule withPattern(String pattern) {
        if (!pattern.endsWith("*")) {
            return exact.get(pattern);
        }
        int at = Arrays.binarySearch(beginnings, pattern.substring(0, pattern.length() - 1));
        return at < 0 ? null : rules[at];
    }

    /** Whether any of them says how much is kept. */
    boolean limitRetention() {
        return limitRetention;
    }

    int size() {
        return exact.size() + rules.length;
    }

    private int lastNotAfter(String topic) {
        int low = 0;
        int high = beginnings.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (beginnings[middle].compareTo(topic) <= 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }

    private static String beginning(TopicRule rule) {
        return rule.pattern().substring(0, rule.pattern().length() - 1);
    }
}
