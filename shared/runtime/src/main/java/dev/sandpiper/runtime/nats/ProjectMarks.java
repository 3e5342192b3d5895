package dev.sandpiper.runtime.nats;

import dev.sandpiper.domain.Topic;
import dev.sandpiper.domain.TopicPattern;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * The trim marks of one project as far as they were read, in the order in which they were written: so that a question reads only
 * what was written since the last one. A mark that is removed stays here, and does no harm: by then the stream's first
 * sequence is above it. Safe for use by several threads.
 */
final class ProjectMarks {
    /** When the stream of marks was made: a sequence says nothing about another one. */
    private final Instant stream;

    private final Map<Topic, Long> marks = new HashMap<>();
    private long read;

    ProjectMarks(Instant stream) {
        this.stream = stream;
    }

    boolean isOf(Instant made) {
        return stream.equals(made);
    }

    /** Up to which sequence of the marks' stream this is complete. */
    synchronized long read() {
        return read;
    }

    synchronized void readTo(long sequence) {
        read = Math.max(read, sequence);
    }

    /** @param through 0 when it is of another incarnation of the event stream */
    synchronized void add(long sequence, Topic topic, long through) {
        marks.merge(topic, through, Math::max);
        read = Math.max(read, sequence);
    }

    /** Of all topics that match; 0 when there is none. */
    synchronized long highest(TopicPattern topics) {
        long highest = 0;
        for (Map.Entry<Topic, Long> mark : marks.entrySet()) {
            if (mark.getValue() > highest && topics.matches(mark.getKey())) {
                highest = mark.getValue();
            }
        }
        return highest;
    }
}
