package dev.sandpiper.feed;

import org.jspecify.annotations.Nullable;

/** Keeps all rings together below a number of bytes: the topic that has been silent the longest loses its ring first. */
final class RingBudget {
    private final long maxBytes;
    private @Nullable HubTopic coldest;
    private @Nullable HubTopic warmest;
    private volatile long bytes;
    private volatile long events;

    RingBudget(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    long bytes() {
        return bytes;
    }

    long events() {
        return events;
    }

    /** A topic's ring has changed by this much. */
    void changed(HubTopic topic, int byBytes, int byEvents) {
        count(byBytes, byEvents);
        if (topic.listed) {
            unlink(topic);
        }
        append(topic);
        for (HubTopic victim = coldest; bytes > maxBytes && victim != null; victim = coldest) {
            forget(victim);
        }
    }

    /** Empties a topic's ring. */
    void forget(HubTopic topic) {
        if (topic.listed) {
            unlink(topic);
            count(-topic.ring.bytes(), -topic.ring.size());
            topic.ring.evictAll();
        }
    }

    // Written by the strand alone, read by whoever collects metrics.
    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void count(int byBytes, int byEvents) {
        bytes += byBytes;
        events += byEvents;
    }

    private void append(HubTopic topic) {
        topic.listed = true;
        topic.colder = warmest;
        topic.warmer = null;
        if (warmest == null) {
            coldest = topic;
        } else {
            warmest.warmer = topic;
        }
        warmest = topic;
    }

    private void unlink(HubTopic topic) {
        HubTopic colder = topic.colder;
        HubTopic warmer = topic.warmer;
        if (colder == null) {
            coldest = warmer;
        } else {
            colder.warmer = warmer;
        }
        if (warmer == null) {
            warmest = colder;
        } else {
            warmer.colder = colder;
        }
        topic.colder = null;
        topic.warmer = null;
        topic.listed = false;
    }
}
