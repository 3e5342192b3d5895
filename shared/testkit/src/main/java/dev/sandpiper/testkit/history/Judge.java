package dev.sandpiper.testkit.history;

import dev.sandpiper.testkit.history.History.Sent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Holds what was seen against what is promised.
 *
 * <p>The stream as it was read back is no witness above suspicion: it must hold every acknowledged event, once, at the cursor
 * of its receipt, and nothing that nobody sent; and what was acknowledged before another was sent must stand before it. Each
 * reader must then have been given exactly that stream.
 */
final class Judge {
    private static final int MOST_OF_A_KIND = 10;

    private final Map<String, Sent> sent;
    private final List<Entry> stream;
    private final Map<String, Integer> positions = new HashMap<>();
    private final List<String> violations = new ArrayList<>();

    Judge(Map<String, Sent> sent, List<Entry> stream) {
        this.sent = sent;
        this.stream = stream;
    }

    List<String> violations() {
        return List.copyOf(violations);
    }

    void stream() {
        var found = new Findings("The stream");
        Set<String> cursors = new HashSet<>();
        for (int i = 0; i < stream.size(); i++) {
            Entry entry = stream.get(i);
            Sent origin = sent.get(entry.event());
            if (positions.putIfAbsent(entry.event(), i) != null) {
                found.add("holds twice", entry.event());
            }
            if (!cursors.add(entry.cursor())) {
                found.add("has two events at the cursor of", entry.event());
            }
            if (origin == null) {
                found.add("holds what nobody sent", entry.event());
            } else if (origin.isAcknowledged() && !origin.cursor().equals(entry.cursor())) {
                found.add("has another cursor than the receipt of", entry.event());
            }
        }
        sent.forEach((event, origin) -> {
            if (origin.isAcknowledged() && !positions.containsKey(event)) {
                found.add("has lost what was acknowledged", event);
            }
        });
        realTime(found);
        found.tell();
    }

    /** No event may stand before one whose receipt had come before it was sent. */
    private void realTime(Findings found) {
        long earliestReceipt = Long.MAX_VALUE;
        for (int i = stream.size() - 1; i >= 0; i--) {
            String event = stream.get(i).event();
            Sent origin = sent.get(event);
            if (origin == null) {
                continue;
            }
            if (earliestReceipt < origin.sentAt()) {
                found.add("puts too early", event);
            }
            earliestReceipt = Math.min(earliestReceipt, origin.acknowledgedAt());
        }
    }

    void reader(Reader reader) {
        var found = new Findings("Reader " + reader.name());
        Set<String> seen = new HashSet<>();
        int furthest = -1;
        for (Entry entry : reader.delivered()) {
            Integer position = positions.get(entry.event());
            if (!seen.add(entry.event())) {
                found.add("was given twice", entry.event());
            } else if (position == null) {
                found.add("was given what is not stored", entry.event());
            } else {
                if (position < furthest) {
                    found.add("was given out of order", entry.event());
                }
                furthest = Math.max(furthest, position);
                if (!stream.get(position).cursor().equals(entry.cursor())) {
                    found.add("was given another cursor with", entry.event());
                }
            }
        }
        for (Entry entry : stream) {
            if (!seen.contains(entry.event())) {
                found.add("was never given", entry.event());
            }
        }
        found.tell();
    }

    /** Violations by one party, a few examples of each kind. */
    private final class Findings {
        private final String who;
        private final Map<String, List<String>> kinds = new HashMap<>();

        Findings(String who) {
            this.who = who;
        }

        void add(String what, String event) {
            kinds.computeIfAbsent(what, kind -> new ArrayList<>()).add(event);
        }

        void tell() {
            kinds.forEach((what, events) -> violations.add(who + " " + what + " (" + events.size() + "): "
                    + String.join(", ", events.subList(0, Math.min(MOST_OF_A_KIND, events.size())))));
        }
    }
}
