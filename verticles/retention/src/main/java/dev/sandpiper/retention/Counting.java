package dev.sandpiper.retention;

import dev.sandpiper.runtime.nats.StreamReport;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the ledger what the stream is. New events are read once, without their payloads. Events that went by themselves, by the
 * stream's own limits, by a lifetime of their own or by an operator's hand, are noticed by the sums: the server counts events
 * and bytes of the whole stream. Then it is asked how many each topic has left, and only topics that lost some are read again,
 * from their front as far as that explains it, or as a whole. Confined to the janitor's thread.
 */
final class Counting {
    private static final Logger log = LoggerFactory.getLogger(Counting.class);
    private static final int ATTEMPTS = 3;

    private final EventLog events;
    private final Ledger ledger;
    private final String everything;

    /** @param everything matches the subjects of all events */
    Counting(EventLog events, Ledger ledger, String everything) {
        this.events = events;
        this.ledger = ledger;
        this.everything = everything;
    }

    /**
     * Counts up to the stream's end.
     *
     * @return whether what was counted is what the stream has; if not, it changed under our hands, and the next call will tell
     */
    boolean update() {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            StreamReport report = events.report();
            follow(report);
            if (agrees(report) || reconcile()) {
                return true;
            }
        }
        return false;
    }

    /** Reads everything again, forgetting what was counted. */
    boolean recount() {
        ledger.reset(ledger.epoch());
        return update();
    }

    private void follow(StreamReport report) {
        long last = report.state().lastSequence();
        if (report.state().epoch() != ledger.epoch() || last < ledger.position()) {
            if (ledger.position() > 0) {
                log.atWarn().log("The event stream is not the one that was counted; counting anew");
            }
            ledger.reset(report.state().epoch());
        }
        if (last > ledger.position()) {
            events.read(everything, ledger.position() + 1, last, head -> {
                ledger.add(head);
                return true;
            });
            ledger.movedTo(last);
        }
    }

    private boolean agrees(StreamReport report) {
        return ledger.total().events() == report.events() && ledger.total().bytes() == report.bytes();
    }

    /**
     * Puts right what is known of topics that lost events.
     *
     * @return whether every topic has what was counted, so that what the sums differ by is no events: remembered keys, and what
     *     consumers are to get again
     */
    private boolean reconcile() {
        Map<String, Long> left = events.counts(everything);
        boolean quiet = events.report().state().lastSequence() == ledger.position();
        boolean right = quiet;
        for (TopicUsage topic : ledger.topics()) {
            long stored = left.getOrDefault(topic.subject, 0L);
            // While others publish, a topic may have more than was counted up to the position, but never fewer.
            if (quiet ? topic.events() != stored : topic.events() > stored) {
                right = false;
                ledger.change(topic, this::readFront);
                if (quiet ? topic.events() != stored : topic.events() > stored) {
                    ledger.change(topic, this::readAll);
                }
            }
        }
        return right
                && left.values().stream().mapToLong(Long::longValue).sum()
                        == ledger.total().events();
    }

    private void readFront(TopicUsage topic) {
        boolean[] begun = new boolean[1];
        long[] end = new long[1];
        events.read(topic.subject, topic.first(), ledger.position(), head -> {
            if (!begun[0]) {
                begun[0] = true;
                topic.restartAt(head.sequence());
                end[0] = topic.firstChunkEnd();
            }
            if (head.sequence() > end[0]) {
                return false;
            }
            topic.readAgain(head);
            return true;
        });
        if (!begun[0]) {
            topic.clear();
        }
    }

    private void readAll(TopicUsage topic) {
        topic.clear();
        events.read(topic.subject, 1, ledger.position(), head -> {
            topic.add(head);
            return true;
        });
    }
}
