package dev.sandpiper.consumers;

import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.domain.TopicPattern;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a project wants of a consumer; valid by construction.
 *
 * @param name unique in the project: 1 to 64 characters of {@code [A-Za-z0-9_-]}, the first a letter or digit
 * @param topics at most {@value #MAX_TOPICS}
 * @param filter a condition on events; null for none
 * @param ackWait how long a worker has for an event before it goes to another
 * @param maxDeliver how often an event is delivered at most
 * @param backoff how long an event rests after it was refused for the first time, the second …; the last one repeats
 * @param maxInFlight events that may be with workers at the same time
 * @param orderedByTopic whether an event waits for those before it, at most one being with a worker
 */
public record ConsumerSpec(
        String name,
        List<TopicPattern> topics,
        @Nullable String filter,
        Duration ackWait,
        int maxDeliver,
        List<Duration> backoff,
        int maxInFlight,
        boolean orderedByTopic) {
    public static final int MAX_TOPICS = 32;
    static final int MAX_BACKOFF = 20;
    static final int MAX_FILTER = 4_096;

    static final Duration MIN_ACK_WAIT = Duration.ofSeconds(1);
    static final Duration MAX_ACK_WAIT = Duration.ofHours(1);
    static final Duration MAX_DELAY = Duration.ofDays(1);
    static final int LARGEST_MAX_DELIVER = 1_000;
    static final int LARGEST_MAX_IN_FLIGHT = 10_000;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}");

    /** @throws PlatformException with {@code INVALID_PARAMETER} */
    public ConsumerSpec {
        requireName(name);
        topics = List.copyOf(topics);
        backoff = List.copyOf(backoff);
        require(!topics.isEmpty() && topics.size() <= MAX_TOPICS, "topics", "must be 1 to " + MAX_TOPICS);
        require(topics.stream().distinct().count() == topics.size(), "topics", "has an item twice");
        require(
                filter == null || (!filter.isBlank() && filter.length() <= MAX_FILTER),
                "filter",
                "must be 1 to " + MAX_FILTER + " characters");
        require(
                ackWait.compareTo(MIN_ACK_WAIT) >= 0 && ackWait.compareTo(MAX_ACK_WAIT) <= 0,
                "ack_wait",
                "must be from 1s to 1h");
        require(
                maxDeliver >= 1 && maxDeliver <= LARGEST_MAX_DELIVER,
                "max_deliver",
                "must be from 1 to " + LARGEST_MAX_DELIVER);
        require(backoff.size() <= MAX_BACKOFF, "backoff", "must have at most " + MAX_BACKOFF + " items");
        require(
                backoff.stream().allMatch(delay -> !delay.isNegative() && delay.compareTo(MAX_DELAY) <= 0),
                "backoff",
                "must have items from 0s to 1d");
        require(
                maxInFlight >= 1 && maxInFlight <= LARGEST_MAX_IN_FLIGHT,
                "max_in_flight",
                "must be from 1 to " + LARGEST_MAX_IN_FLIGHT);
    }

    /** @throws PlatformException with {@code INVALID_PARAMETER} */
    public static String requireName(String name) {
        require(
                NAME.matcher(name).matches(),
                "name",
                "must be 1 to 64 characters of [A-Za-z0-9_-], the first a letter or digit");
        return name;
    }

    /** Whether events of the topic are for this consumer. */
    public boolean wants(Topic topic) {
        for (TopicPattern pattern : topics) {
            if (pattern.matches(topic)) {
                return true;
            }
        }
        return false;
    }

    /** How long an event rests that was refused at this delivery, counted from 1. */
    public Duration restAfter(int delivery) {
        return backoff.isEmpty() ? Duration.ZERO : backoff.get(Math.min(delivery, backoff.size()) - 1);
    }

    private static void require(boolean holds, String parameter, String reason) {
        if (!holds) {
            throw new PlatformException(new RequestError.InvalidParameter(parameter, reason));
        }
    }
}
