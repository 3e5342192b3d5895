package dev.sandpiper.retention;

import java.util.LinkedHashMap;
import java.util.Map;

/** What is about to go: the oldest events of some topics, and exactly those that were read. */
final class Removal {
    /** Of one topic. */
    static final class Part {
        long through;
        long events;
        long bytes;
    }

    final Map<TopicUsage, Part> parts = new LinkedHashMap<>();
    long events;
    long bytes;
    long through;

    void add(TopicUsage topic, EventHead head) {
        Part part = parts.computeIfAbsent(topic, any -> new Part());
        part.through = head.sequence();
        part.events++;
        part.bytes += head.bytes();
        through = head.sequence();
        events++;
        bytes += head.bytes();
    }

    boolean isEmpty() {
        return events == 0;
    }
}
