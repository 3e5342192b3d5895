package dev.sandpiper.retention;

import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.nats.Subjects;
import java.util.List;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the oldest events of a tenant, a project or a topic. It reads what it is going to remove, says so in the topics' trim
 * marks, and then purges up to the last event that it has read and no further. Confined to the janitor's thread.
 */
final class Remover {
    private static final Logger log = LoggerFactory.getLogger(Remover.class);
    private static final int STEP_EVENTS = 20_000;

    private final EventLog events;
    private final Ledger ledger;
    private final Guard guard;

    Remover(EventLog events, Ledger ledger, Guard guard) {
        this.events = events;
        this.ledger = ledger;
        this.guard = guard;
    }

    /** Decides about one event after the other, the oldest first; not asked any more after it has said no. */
    interface Excess {
        boolean includes(EventHead next);
    }

    /**
     * Removes the oldest events that match, until {@code excess} says that it is enough. Held events stay, and are not asked about.
     *
     * @param filter matches subjects of one tenant only
     * @param candidates topics that match
     * @return what was removed
     */
    Usage remove(Policies policies, TenantId tenant, String filter, List<TopicUsage> candidates, Excess excess) {
        return remove(policies, tenant, filter, candidates, topic -> true, excess);
    }

    /** Likewise, of some of the topics that match. */
    Usage remove(
            Policies policies,
            TenantId tenant,
            String filter,
            List<TopicUsage> candidates,
            Predicate<Subjects.Address> wanted,
            Excess excess) {
        Usage removed = Usage.NOTHING;
        while (true) {
            Removal step = read(policies, filter, candidates, wanted, excess);
            if (step.isEmpty()) {
                return removed;
            }
            guard.check(policies.version());
            apply(policies, tenant, filter, step);
            removed = removed.plus(step.events, step.bytes);
            if (step.events < STEP_EVENTS) {
                return removed;
            }
        }
    }

    private Removal read(
            Policies policies,
            String filter,
            List<TopicUsage> candidates,
            Predicate<Subjects.Address> wanted,
            Excess excess) {
        long from = Long.MAX_VALUE;
        for (TopicUsage topic : candidates) {
            if (mayGo(topic, policies, wanted)) {
                from = Math.min(from, topic.first());
            }
        }
        var removal = new Removal();
        if (from == Long.MAX_VALUE) {
            return removal;
        }
        events.read(filter, from, ledger.position(), head -> {
            TopicUsage topic = ledger.topic(head.subject());
            if (!removal.parts.containsKey(topic)) {
                topic.oldestIs(head);
            }
            if (!mayGo(topic, policies, wanted)) {
                return true;
            }
            if (!excess.includes(head)) {
                return false;
            }
            removal.add(topic, head);
            return removal.events < STEP_EVENTS;
        });
        return removal;
    }

    private static boolean mayGo(TopicUsage topic, Policies policies, Predicate<Subjects.Address> wanted) {
        Subjects.Address address = topic.address;
        return address != null && !policies.isHeld(address) && wanted.test(address);
    }

    private void apply(Policies policies, TenantId tenant, String filter, Removal removal) {
        long purged = 0;
        for (var part : removal.parts.entrySet()) {
            Subjects.Address address = part.getKey().address;
            if (address != null) {
                events.mark(address, part.getValue().through);
            }
        }
        // One topic after the other: what matches the filter may hold topics that stay.
        for (var part : removal.parts.entrySet()) {
            purged += events.purge(part.getKey().subject, part.getValue().through);
            ledger.change(
                    part.getKey(),
                    topic -> topic.removed(part.getValue().through, part.getValue().events, part.getValue().bytes));
        }
        log.atInfo()
                .addKeyValue("tenant", tenant)
                .addKeyValue("filter", filter)
                .addKeyValue("topics", removal.parts.size())
                .addKeyValue("events", removal.events)
                .addKeyValue("bytes", removal.bytes)
                .addKeyValue("purged", purged)
                .addKeyValue("policies", policies.version())
                .log("Removed events");
    }
}
