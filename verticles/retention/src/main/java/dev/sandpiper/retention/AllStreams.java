package dev.sandpiper.retention;

import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.events.TopicRules;
import dev.sandpiper.runtime.nats.StreamReport;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The janitor's work on every event stream, and what it comes to in all. Confined to the janitor's thread. */
final class AllStreams {
    /** A finding each, and then "and so on". */
    private static final int MAX_FINDINGS = 40;

    private final EventLogs logs;
    private final TopicRules rules;
    private final Guard guard;
    private final Clock clock;
    private final Map<EventLog, JanitorWork> works = new LinkedHashMap<>();
    private Map<Policies.Project, Usage> written = Map.of();
    private Map<Policies.Project, Usage> writing = Map.of();
    private boolean everWritten;

    AllStreams(EventLogs logs, TopicRules rules, Guard guard, Clock clock) {
        this.logs = logs;
        this.rules = rules;
        this.guard = guard;
        this.clock = clock;
    }

    /** This node has just become the janitor: what it counted before is of another time. */
    void begin() {
        works.values().forEach(JanitorWork::begin);
        everWritten = false;
    }

    /** Streams are added while a node runs. */
    private Collection<JanitorWork> works() {
        for (EventLog log : logs.all()) {
            works.computeIfAbsent(log, any -> new JanitorWork(log, log.subjects(), rules, guard, clock));
        }
        return works.values();
    }

    private JanitorWork of(TenantId tenant) {
        EventLog log = logs.of(tenant);
        return works.computeIfAbsent(log, any -> new JanitorWork(log, log.subjects(), rules, guard, clock));
    }

    /** @return whether the sums are those of the streams */
    boolean count() {
        boolean exact = true;
        for (JanitorWork work : works()) {
            exact &= work.count();
        }
        return exact;
    }

    /** @return what was removed */
    Usage enforce(Policies policies) {
        Usage removed = Usage.NOTHING;
        for (JanitorWork work : works()) {
            removed = sum(removed, work.enforce(policies));
        }
        return removed;
    }

    Usage total() {
        Usage total = Usage.NOTHING;
        for (JanitorWork work : works()) {
            total = sum(total, work.total());
        }
        return total;
    }

    List<StreamReport> reports() {
        return works().stream().map(JanitorWork::report).toList();
    }

    /** Removes the oldest events of a project's topics, or says what would go. */
    JanitorAnswer purge(Policies policies, JanitorRequest request) {
        return of(new TenantId(request.tenant())).purge(policies, request);
    }

    /** What changed since {@link #saved}. */
    Snapshot snapshot(boolean exact) {
        Map<Policies.Project, Usage> now = new HashMap<>();
        long position = 0;
        for (JanitorWork work : works()) {
            work.usage().forEach((project, usage) -> now.merge(project, usage, AllStreams::sum));
            position += work.position();
        }
        Map<Policies.Project, Usage> changed = new HashMap<>();
        Set<Policies.Project> projects = new HashSet<>(now.keySet());
        projects.addAll(written.keySet());
        for (Policies.Project project : projects) {
            Usage usage = now.getOrDefault(project, Usage.NOTHING);
            if (!everWritten || !usage.equals(written.get(project))) {
                changed.put(project, usage);
            }
        }
        writing = now;
        return new Snapshot(clock.instant(), position, total(), exact, !everWritten, changed);
    }

    void saved() {
        written = writing;
        everWritten = true;
    }

    CheckReport check(Policies policies) {
        List<String> findings = new ArrayList<>();
        for (String missing : logs.missing()) {
            findings.add(missing + " cannot be opened");
        }
        long events = 0;
        long bytes = 0;
        int topics = 0;
        int marks = 0;
        int repaired = 0;
        for (EventLog log : logs.all()) {
            String name = log.subjects().stream() + ": ";
            JanitorWork work =
                    works.computeIfAbsent(log, any -> new JanitorWork(log, log.subjects(), rules, guard, clock));
            CheckReport report = work.check(policies);
            report.findings().forEach(finding -> findings.add(name + finding));
            log.differences().forEach(setting -> findings.add(name + "the setting " + setting + " is not as decided"));
            strays(log, work, findings);
            events += report.events();
            bytes += report.bytes();
            topics += report.topics();
            marks += report.marks();
            repaired += report.repaired();
        }
        int more = findings.size() - MAX_FINDINGS;
        List<String> told = more > 0 ? new ArrayList<>(findings.subList(0, MAX_FINDINGS)) : findings;
        if (more > 0) {
            told.add("and " + more + " more");
        }
        return new CheckReport(clock.instant(), events, bytes, topics, marks, told, repaired);
    }

    /** Events of tenants that lie elsewhere. They are not touched: whoever finds them decides. */
    private void strays(EventLog log, JanitorWork work, List<String> findings) {
        if (logs.all().size() == 1) {
            return;
        }
        work.tenants().forEach((tenant, events) -> {
            EventLog home = logs.of(tenant);
            if (!home.equals(log)) {
                findings.add(log.subjects().stream() + ": has " + events + " events of " + tenant + ", which lies in "
                        + home.subjects().stream());
            }
        });
    }

    private static Usage sum(Usage one, Usage other) {
        return one.plus(other.events(), other.bytes());
    }
}
