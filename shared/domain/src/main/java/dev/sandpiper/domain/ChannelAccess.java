package dev.sandpiper.domain;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What may be done on which channels of a project. What several patterns grant for a channel adds up; what none grants is refused.
 * Asked for every event that is published, so the two usual answers, {@link #ALL} and a handful of patterns, cost next to nothing.
 */
public final class ChannelAccess {
    /** Patterns of one credential. */
    public static final int MAX_PATTERNS = 100;

    /** Everything on every channel. */
    public static final ChannelAccess ALL = of(Map.of(new TopicPattern("*"), EnumSet.allOf(Capability.class)));

    /** Nothing on any. */
    public static final ChannelAccess NONE = of(Map.of());

    private final Map<TopicPattern, Set<Capability>> grants;
    private final Map<Capability, Rule> rules;

    private ChannelAccess(Map<TopicPattern, Set<Capability>> grants) {
        this.grants = grants;
        this.rules = new EnumMap<>(Capability.class);
        for (Capability capability : Capability.values()) {
            rules.put(capability, Rule.of(capability, grants));
        }
    }

    /** @throws IllegalArgumentException when there are more than {@value #MAX_PATTERNS} */
    public static ChannelAccess of(Map<TopicPattern, Set<Capability>> grants) {
        if (grants.size() > MAX_PATTERNS) {
            throw new IllegalArgumentException("at most " + MAX_PATTERNS + " patterns");
        }
        Map<TopicPattern, Set<Capability>> copy = new LinkedHashMap<>();
        grants.forEach((pattern, capabilities) -> copy.put(pattern, Set.copyOf(capabilities)));
        return new ChannelAccess(copy);
    }

    /** What was granted, by pattern. */
    public Map<TopicPattern, Set<Capability>> grants() {
        return Map.copyOf(grants);
    }

    /** Whether nothing at all is refused. */
    public boolean isUnlimited() {
        for (Rule rule : rules.values()) {
            if (!rule.every) {
                return false;
            }
        }
        return true;
    }

    public boolean allows(Capability capability, Topic topic) {
        return rule(capability).matches(topic.name());
    }

    /** Whether it does on every channel that the pattern stands for. */
    public boolean allows(Capability capability, TopicPattern pattern) {
        return pattern.isExact()
                ? rule(capability).matches(pattern.text())
                : rule(capability).coversPrefix(pattern.prefix());
    }

    private Rule rule(Capability capability) {
        Rule rule = rules.get(capability);
        if (rule == null) {
            throw new IllegalStateException("every capability has a rule");
        }
        return rule;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ChannelAccess that && grants.equals(that.grants);
    }

    @Override
    public int hashCode() {
        return grants.hashCode();
    }

    @Override
    public String toString() {
        return "ChannelAccess" + grants;
    }

    /** Where one capability is granted. */
    private record Rule(boolean every, Set<String> names, List<String> prefixes) {
        static Rule of(Capability capability, Map<TopicPattern, Set<Capability>> grants) {
            Set<String> names = new HashSet<>();
            List<String> prefixes = new ArrayList<>();
            grants.forEach((pattern, capabilities) -> {
                if (capabilities.contains(capability)) {
                    if (pattern.isExact()) {
                        names.add(pattern.text());
                    } else {
                        prefixes.add(pattern.prefix());
                    }
                }
            });
            return new Rule(prefixes.contains(""), names, prefixes);
        }

        boolean matches(String name) {
            return every || names.contains(name) || coversPrefix(name);
        }

        boolean coversPrefix(String start) {
            for (int i = 0; i < prefixes.size(); i++) {
                if (start.startsWith(prefixes.get(i))) {
                    return true;
                }
            }
            return false;
        }
    }
}
