package dev.sandpiper.perf.faults.load;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What the judge says of all traffic of a run.
 *
 * @param violations of what is promised, in sentences; empty when there is none
 * @param acknowledged events with a receipt
 * @param stored events that were read back; those without a receipt may be among them
 * @param delivered events given to subscribers
 * @param statuses how many answers of each HTTP status; 0 for connections that were refused
 * @param refusals how many answers of each error code
 * @param unanswered requests that a server took and did not answer
 * @param slowest of all answers
 * @param longestGap between two receipts of one topic
 * @param absences of subscribers, from the end of a connection to the next subscription, shortest first
 */
public record Verdict(
        List<String> violations,
        int acknowledged,
        int stored,
        long delivered,
        Map<Integer, Integer> statuses,
        Map<String, Integer> refusals,
        int unanswered,
        Duration slowest,
        Duration longestGap,
        List<Duration> absences) {
    /** @return zero when nobody was ever away */
    public Duration absence(double quantile) {
        if (absences.isEmpty()) {
            return Duration.ZERO;
        }
        int index = (int) Math.ceil(quantile * absences.size()) - 1;
        return absences.get(Math.max(0, index));
    }
}
