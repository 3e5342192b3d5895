package dev.sandpiper.feed;

import dev.sandpiper.runtime.config.Settings;
import dev.sandpiper.runtime.management.TenantCounters;
import java.time.Duration;

/**
 * Bounds of the feed.
 *
 * @param ringEvents kept in memory per topic, for resumes
 * @param ringBytes kept in memory per topic
 * @param ringTotalBytes kept in memory for all topics of the node; the coldest topics lose theirs first
 * @param linger how long a topic is still listened to after its last subscriber left
 * @param openTimeout after which a subscription that cannot be opened, or a page of history, fails
 * @param pageEvents read from the store at once
 * @param pageBytes read from the store at once, roughly
 * @param replayConcurrency pages being read at the same time
 * @param replayRate events per second read for replays, on this node
 * @param bufferEvents held back per topic while a gap is filled; more is read from the store instead
 * @param mergeEvents held back per subscription of several topics while a gap in one of them is filled; with more it reads them from
 *     the store once the gap is filled
 * @param queueEvents waiting per event loop
 * @param queueBytes waiting per event loop
 * @param auditInterval how often every topic is compared with the store
 * @param tenantSeries tenants that metrics name
 */
public record FeedConfig(
        int ringEvents,
        int ringBytes,
        long ringTotalBytes,
        Duration linger,
        Duration openTimeout,
        int pageEvents,
        int pageBytes,
        int replayConcurrency,
        int replayRate,
        int bufferEvents,
        int mergeEvents,
        int queueEvents,
        long queueBytes,
        Duration auditInterval,
        int tenantSeries) {
    public static FeedConfig from(Settings s) {
        return new FeedConfig(
                s.integer("FEED_RING_EVENTS", 1_024, 1, 1 << 20, "Newest events per topic kept in memory for resumes"),
                s.integer("FEED_RING_BYTES", 1 << 20, 1 << 10, 1 << 30, "The same in bytes"),
                s.number("FEED_RING_TOTAL_BYTES", 128 << 20, 1 << 20, 1L << 40, "The same for all topics of a node"),
                s.duration(
                        "FEED_LINGER",
                        Duration.ofSeconds(5),
                        Duration.ZERO,
                        Duration.ofHours(1),
                        "How long a topic is still listened to after its last subscriber left"),
                s.duration(
                        "FEED_OPEN_TIMEOUT",
                        Duration.ofMillis(1_800),
                        Duration.ofMillis(100),
                        Duration.ofMinutes(1),
                        "After which a subscription or a page of history fails when the event store does not answer"),
                s.integer("FEED_PAGE_EVENTS", 256, 1, 1_000, "Events read from the event store at once"),
                s.integer("FEED_PAGE_BYTES", 1 << 19, 1 << 10, 1 << 26, "The same in bytes"),
                s.integer("FEED_REPLAY_CONCURRENCY", 4, 1, 64, "Pages that are read from the event store at once"),
                s.integer(
                        "FEED_REPLAY_RATE",
                        100_000,
                        100,
                        10_000_000,
                        "Events per second that a node reads for replays, so that live events are not held up"),
                s.integer("FEED_BUFFER_EVENTS", 4_096, 16, 1 << 20, "Events held back per topic while a gap is filled"),
                s.integer(
                        "FEED_MERGE_EVENTS",
                        16_384,
                        16,
                        1 << 20,
                        "Events held back per subscription of several topics while a gap in one of them is filled"),
                s.integer("FEED_QUEUE_EVENTS", 1 << 16, 256, 1 << 24, "Events waiting for an event loop"),
                s.number("FEED_QUEUE_BYTES", 64 << 20, 1 << 20, 1L << 40, "The same in bytes"),
                s.duration(
                        "FEED_AUDIT_INTERVAL",
                        Duration.ofSeconds(30),
                        Duration.ofMillis(100),
                        Duration.ofHours(1),
                        "How often every topic that is listened to is compared with the event store"),
                TenantCounters.setting(s));
    }

    /** The safe defaults. */
    public static FeedConfig defaults() {
        return from(new Settings(name -> null));
    }
}
