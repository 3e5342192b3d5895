package dev.sandpiper.retention;

import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.events.TopicRules;
import dev.sandpiper.runtime.nats.Subjects;
import java.util.List;

/**
 * Removes what exceeds a limit: first of topics, then of projects, then of tenants, so that what a narrow limit takes away does
 * not count against a wider one. Confined to the janitor's thread.
 */
final class Enforcement {
    private final Ledger ledger;
    private final Remover remover;
    private final TopicRules rules;
    private final Subjects subjects;

    Enforcement(Ledger ledger, Remover remover, TopicRules rules, Subjects subjects) {
        this.ledger = ledger;
        this.remover = remover;
        this.rules = rules;
        this.subjects = subjects;
    }

    /**
     * Whether there are limits that something stored might exceed.
     *
     * @param rulesLimit whether any topic has a limit of its own
     */
    static boolean isWanted(Policies policies, boolean rulesLimit) {
        return policies.limitAnything() || rulesLimit;
    }

    /**
     * @param now in milliseconds since 1970
     * @return what was removed
     */
    Usage enforce(Policies policies, long now) {
        Usage removed = Usage.NOTHING;
        for (TenantId tenant : ledger.tenants()) {
            for (ProjectId project : ledger.projects(tenant)) {
                for (TopicUsage topic : ledger.topics(tenant, project)) {
                    removed = sum(removed, ofTopic(policies, tenant, project, topic, now));
                }
                Limits limits = policies.projects().get(new Policies.Project(tenant, project));
                if (limits != null) {
                    List<TopicUsage> topics = ledger.topics(tenant, project);
                    var excess = new Beyond(limits, ledger.usage(tenant, project), now);
                    removed = sum(removed, trim(policies, tenant, subjects.storedOf(tenant, project), topics, excess));
                }
            }
            Limits limits = policies.tenants().get(tenant);
            if (limits != null) {
                List<TopicUsage> topics = ledger.topics(tenant);
                var excess = new Beyond(limits, ledger.usage(tenant), now);
                removed = sum(removed, trim(policies, tenant, subjects.storedOf(tenant), topics, excess));
            }
        }
        return removed;
    }

    private Usage ofTopic(Policies policies, TenantId tenant, ProjectId project, TopicUsage topic, long now) {
        Subjects.Address address = topic.address;
        if (address == null) {
            return Usage.NOTHING;
        }
        Limits limits = Limits.of(rules.of(tenant, project, address.topic()).retention());
        if (limits.isNone()) {
            return Usage.NOTHING;
        }
        var excess = new Beyond(limits, new Usage(topic.events(), topic.bytes()), now);
        return trim(policies, tenant, topic.subject, List.of(topic), excess);
    }

    private Usage trim(Policies policies, TenantId tenant, String filter, List<TopicUsage> topics, Beyond excess) {
        boolean old = topics.stream()
                .anyMatch(topic -> topic.address != null
                        && !policies.isHeld(topic.address)
                        && topic.oldestTime() < excess.cutoff());
        return old || excess.isLarge() ? remover.remove(policies, tenant, filter, topics, excess) : Usage.NOTHING;
    }

    private static Usage sum(Usage one, Usage other) {
        return one.plus(other.events(), other.bytes());
    }

    /** What goes beyond limits, as more and more of it is taken away. */
    private static final class Beyond implements Remover.Excess {
        private final long cutoff;
        private long events;
        private long bytes;

        Beyond(Limits limits, Usage usage, long now) {
            this.cutoff = limits.maxAge() == null
                    ? Long.MIN_VALUE
                    : now - limits.maxAge().toMillis();
            this.events = limits.maxEvents() == 0 ? 0 : usage.events() - limits.maxEvents();
            this.bytes = limits.maxBytes() == 0 ? 0 : usage.bytes() - limits.maxBytes();
        }

        long cutoff() {
            return cutoff;
        }

        boolean isLarge() {
            return events > 0 || bytes > 0;
        }

        @Override
        public boolean includes(EventHead next) {
            if (events <= 0 && bytes <= 0 && next.time() >= cutoff) {
                return false;
            }
            events--;
            bytes -= next.bytes();
            return true;
        }
    }
}
