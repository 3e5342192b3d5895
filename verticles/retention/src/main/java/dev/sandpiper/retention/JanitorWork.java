package dev.sandpiper.retention;

import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.TopicPattern;
import dev.sandpiper.runtime.events.TopicRules;
import dev.sandpiper.runtime.nats.StreamReport;
import dev.sandpiper.runtime.nats.Subjects;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the janitor does with one stream, whoever it is and whenever it does it. Confined to its thread. */
final class JanitorWork {
    private final EventLog events;
    private final Subjects subjects;
    private final Ledger ledger;
    private final Counting counting;
    private final Remover remover;
    private final Enforcement enforcement;
    private final ConsistencyCheck consistency;
    private final Clock clock;

    JanitorWork(EventLog events, Subjects subjects, TopicRules rules, Guard guard, Clock clock) {
        this.events = events;
        this.subjects = subjects;
        this.clock = clock;
        this.ledger = new Ledger(subjects);
        this.counting = new Counting(events, ledger, subjects.storedWildcard());
        this.remover = new Remover(events, ledger, guard);
        this.enforcement = new Enforcement(ledger, remover, rules, subjects);
        this.consistency = new ConsistencyCheck(events, ledger, counting, guard, subjects.storedWildcard(), clock);
    }

    /** This node has just become the janitor: what it counted before is of another time. */
    void begin() {
        ledger.reset(0);
    }

    /** @return whether the sums are those of the stream */
    boolean count() {
        return counting.update();
    }

    /** @return what was removed */
    Usage enforce(Policies policies) {
        return enforce(policies, clock.millis());
    }

    /** @param now in milliseconds since 1970 */
    Usage enforce(Policies policies, long now) {
        return enforcement.enforce(policies, now);
    }

    CheckReport check(Policies policies) {
        return consistency.run(policies);
    }

    StreamReport report() {
        return events.report();
    }

    Usage total() {
        return ledger.total();
    }

    /** Up to where it was counted. */
    long position() {
        return ledger.position();
    }

    /** Whose events there are, and how many. */
    Map<TenantId, Long> tenants() {
        Map<TenantId, Long> found = new HashMap<>();
        for (TenantId tenant : ledger.tenants()) {
            long events = ledger.usage(tenant).events();
            if (events > 0) {
                found.put(tenant, events);
            }
        }
        return found;
    }

    /** What projects have stored that have anything. */
    Map<Policies.Project, Usage> usage() {
        Map<Policies.Project, Usage> usage = new HashMap<>();
        for (TenantId tenant : ledger.tenants()) {
            for (ProjectId project : ledger.projects(tenant)) {
                Usage sum = ledger.usage(tenant, project);
                if (sum.events() > 0) {
                    usage.put(new Policies.Project(tenant, project), sum);
                }
            }
        }
        return usage;
    }

    /** Removes the oldest events of a project's topics, or says what would go. */
    JanitorAnswer purge(Policies policies, JanitorRequest request) {
        var tenant = new TenantId(request.tenant());
        var project = new ProjectId(request.project());
        var pattern = new TopicPattern(request.topics());
        List<TopicUsage> wanted = new ArrayList<>();
        int held = 0;
        for (TopicUsage topic : ledger.topics(tenant, project)) {
            Subjects.Address address = topic.address;
            if (address == null || !pattern.matches(address.topic())) {
                continue;
            }
            if (policies.isHeld(address)) {
                held++;
            } else {
                wanted.add(topic);
            }
        }
        String filter = subjects.storedOf(tenant, project);
        Set<TopicUsage> touched = new HashSet<>();
        Remover.Excess old = head -> {
            boolean goes = head.time() < request.before();
            if (goes) {
                touched.add(ledger.topic(head.subject()));
            }
            return goes;
        };
        Usage usage = request.dryRun()
                ? measure(filter, wanted, old)
                : remover.remove(policies, tenant, filter, wanted, address -> pattern.matches(address.topic()), old);
        return new JanitorAnswer("", usage.events(), usage.bytes(), touched.size(), held);
    }

    private Usage measure(String filter, List<TopicUsage> wanted, Remover.Excess excess) {
        Usage[] sum = {Usage.NOTHING};
        Set<TopicUsage> among = new HashSet<>(wanted);
        long from = wanted.stream().mapToLong(TopicUsage::first).min().orElse(Long.MAX_VALUE);
        if (from < Long.MAX_VALUE) {
            events.read(filter, from, ledger.position(), head -> {
                if (!among.contains(ledger.topic(head.subject()))) {
                    return true;
                }
                boolean goes = excess.includes(head);
                if (goes) {
                    sum[0] = sum[0].plus(1, head.bytes());
                }
                return goes;
            });
        }
        return sum[0];
    }
}
