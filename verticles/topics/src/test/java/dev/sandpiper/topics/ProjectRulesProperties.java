package dev.sandpiper.topics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.Topic;
import dev.sandpiper.domain.TopicPattern;
import dev.sandpiper.runtime.events.TopicRule;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ProjectRulesProperties {
    /** Against asking every rule and taking the best. */
    @Property(tries = 2_000)
    void theMostSpecificRuleWins(@ForAll("patterns") Set<String> patterns, @ForAll("topics") List<String> topics) {
        List<TopicRule> rules =
                patterns.stream().map(ProjectRulesProperties::rule).toList();
        var known = new ProjectRules(rules);
        for (String topic : topics) {
            TopicRule expected = rules.stream()
                    .filter(rule -> new TopicPattern(rule.pattern()).matches(new Topic(topic)))
                    .max(Comparator.comparingInt(ProjectRulesProperties::rank))
                    .orElse(TopicRule.NONE);
            assertThat(known.of(topic)).as(topic + " among " + patterns).isSameAs(expected);
        }
        assertThat(known.size()).isEqualTo(rules.size());
        rules.forEach(rule -> assertThat(known.withPattern(rule.pattern())).isSameAs(rule));
    }

    @Provide
    Arbitrary<List<String>> topics() {
        return names().list().ofSize(20);
    }

    @Provide
    Arbitrary<Set<String>> patterns() {
        return Arbitraries.oneOf(names(), names().map(name -> name + "*"), Arbitraries.just("*"))
                .set()
                .ofMaxSize(30);
    }

    private static Arbitrary<String> names() {
        return Arbitraries.of("a", "b", ":", "ä", "😀")
                .list()
                .ofMinSize(1)
                .ofMaxSize(6)
                .map(parts -> String.join("", parts));
    }

    private static int rank(TopicRule rule) {
        return rule.pattern().endsWith("*") ? rule.pattern().length() : Integer.MAX_VALUE;
    }

    private static TopicRule rule(String pattern) {
        return new TopicRule(pattern, 1, null, null, 0, TopicRule.Retention.UNLIMITED, null, null);
    }
}
