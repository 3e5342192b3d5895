package dev.sandpiper.retention;

import dev.sandpiper.runtime.nats.StreamReport;
import dev.sandpiper.runtime.nats.Subjects;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Compares what was counted with the stream, and the trim marks with what is there. A difference is told, and what can be put
 * right is: a count by counting anew, events below their mark by finishing what was begun, a mark that the stream's own first
 * sequence makes pointless by forgetting it. Confined to the janitor's thread.
 */
final class ConsistencyCheck {
    /** A finding each, and then "and so on". */
    private static final int MAX_FINDINGS = 20;

    private final EventLog events;
    private final Ledger ledger;
    private final Counting counting;
    private final Guard guard;
    private final String everything;
    private final Clock clock;

    ConsistencyCheck(EventLog events, Ledger ledger, Counting counting, Guard guard, String everything, Clock clock) {
        this.events = events;
        this.ledger = ledger;
        this.counting = counting;
        this.guard = guard;
        this.everything = everything;
        this.clock = clock;
    }

    CheckReport run(Policies policies) {
        List<String> findings = new ArrayList<>();
        int repaired = counts(findings);
        Map<Subjects.Address, Long> marks = events.marks();
        repaired += marks(policies, marks, findings);
        StreamReport report = events.report();
        int more = findings.size() - MAX_FINDINGS;
        List<String> told = more > 0 ? new ArrayList<>(findings.subList(0, MAX_FINDINGS)) : findings;
        if (more > 0) {
            told.add("and " + more + " more");
        }
        return new CheckReport(
                clock.instant(), report.events(), report.bytes(), ledger.topicCount(), marks.size(), told, repaired);
    }

    private int counts(List<String> findings) {
        if (counting.update()) {
            return 0;
        }
        StreamReport report = events.report();
        if (report.state().lastSequence() != ledger.position()) {
            // Being written to: the sums are of different moments, and prove nothing. Topic by topic they do.
            Map<String, Long> stored = events.counts(everything);
            boolean plausible = ledger.topics().stream()
                    .allMatch(topic -> topic.events() <= stored.getOrDefault(topic.subject, 0L));
            if (plausible) {
                return 0;
            }
        }
        findings.add("Counted were " + ledger.total().events() + " events of "
                + ledger.total().bytes() + " bytes, the stream has " + report.events() + " of " + report.bytes());
        return counting.recount() ? 1 : 0;
    }

    private int marks(Policies policies, Map<Subjects.Address, Long> marks, List<String> findings) {
        int repaired = 0;
        long firstOfStream = events.report().state().firstSequence();
        for (TopicUsage topic : ledger.topics()) {
            Subjects.Address address = topic.address;
            long through = address == null ? 0 : marks.getOrDefault(address, 0L);
            if (address == null || topic.first() > through) {
                continue;
            }
            var left = new Removal();
            events.read(topic.subject, topic.first(), through, head -> {
                left.add(topic, head);
                return true;
            });
            if (left.isEmpty()) {
                continue;
            }
            findings.add(address.tenant() + "/" + address.project() + " has " + left.events
                    + " events of a topic at or below its trim mark " + through);
            if (!policies.isHeld(address)) {
                guard.check(policies.version());
                events.purge(topic.subject, left.through);
                ledger.change(topic, known -> known.removed(left.through, left.events, left.bytes));
                repaired++;
            }
        }
        for (var mark : marks.entrySet()) {
            if (mark.getValue() < firstOfStream - 1) {
                // No reader needs it any more: the stream itself tells.
                events.forget(mark.getKey());
            }
        }
        return repaired;
    }
}
