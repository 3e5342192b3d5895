package dev.sandpiper.retention;

import dev.sandpiper.runtime.nats.Subjects;
import java.util.ArrayDeque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * What is stored of one topic, in chunks, so that after events were removed from its front by others only the chunk that lost
 * some has to be read again.
 */
final class TopicUsage {
    private static final int CHUNK_EVENTS = 256;

    final String subject;

    /** Null for what somebody else wrote to our subjects and is no topic's. */
    final Subjects.@Nullable Address address;

    private final ArrayDeque<Chunk> chunks = new ArrayDeque<>(1);
    private long events;
    private long bytes;

    /** Events that follow each other on the topic. */
    private static final class Chunk {
        long first;
        long last;
        long firstTime;
        int events;
        long bytes;
    }

    TopicUsage(String subject, Subjects.@Nullable Address address) {
        this.subject = subject;
        this.address = address;
    }

    long events() {
        return events;
    }

    long bytes() {
        return bytes;
    }

    /** When the oldest event was stored, or earlier; in milliseconds since 1970. */
    long oldestTime() {
        Chunk oldest = chunks.peekFirst();
        return oldest == null ? Long.MAX_VALUE : oldest.firstTime;
    }

    /** A sequence that the topic's oldest event does not lie before. */
    long first() {
        Chunk oldest = chunks.peekFirst();
        return oldest == null ? Long.MAX_VALUE : oldest.first;
    }

    /** Up to where the oldest chunk reaches. */
    long firstChunkEnd() {
        Chunk oldest = chunks.peekFirst();
        return oldest == null ? 0 : oldest.last;
    }

    void add(EventHead head) {
        Chunk newest = chunks.peekLast();
        if (newest == null || newest.events == CHUNK_EVENTS) {
            newest = new Chunk();
            newest.first = head.sequence();
            newest.firstTime = head.time();
            chunks.add(newest);
        }
        newest.last = head.sequence();
        newest.events++;
        newest.bytes += head.bytes();
        events++;
        bytes += head.bytes();
    }

    /** The oldest event is now known to be this one, or there is none before it. */
    void oldestIs(EventHead head) {
        Chunk oldest = chunks.peekFirst();
        if (oldest != null && head.sequence() >= oldest.first && head.sequence() <= oldest.last) {
            oldest.first = head.sequence();
            oldest.firstTime = head.time();
        }
    }

    /** The topic lost its oldest events, up to and including a sequence, and it is known how much that was. */
    void removed(long through, long removedEvents, long removedBytes) {
        events -= removedEvents;
        bytes -= removedBytes;
        if (events <= 0) {
            clear();
            return;
        }
        dropThrough(through);
        Chunk oldest = chunks.peekFirst();
        if (oldest != null && oldest.first <= through) {
            // What is left of it follows from the total, because every other chunk is whole.
            long others = 0;
            long othersBytes = 0;
            Iterator<Chunk> rest = chunks.iterator();
            rest.next();
            while (rest.hasNext()) {
                Chunk chunk = rest.next();
                others += chunk.events;
                othersBytes += chunk.bytes;
            }
            oldest.first = through + 1;
            oldest.events = (int) (events - others);
            oldest.bytes = bytes - othersBytes;
        }
    }

    /** Forgets the chunks that end at or before a sequence, without a change to the totals. */
    private void dropThrough(long through) {
        for (Chunk oldest = chunks.peekFirst(); oldest != null && oldest.last <= through; oldest = chunks.peekFirst()) {
            chunks.removeFirst();
        }
    }

    /** Forgets everything before the chunk in which a sequence lies, and this chunk's content: it is being read again. */
    void restartAt(long sequence) {
        for (Chunk oldest = chunks.peekFirst(); oldest != null && oldest.last < sequence; oldest = chunks.peekFirst()) {
            forgetFirst();
        }
        Chunk oldest = chunks.peekFirst();
        if (oldest != null) {
            events -= oldest.events;
            bytes -= oldest.bytes;
            oldest.events = 0;
            oldest.bytes = 0;
            oldest.first = sequence;
        }
    }

    /** One more event of the chunk that is being read again. */
    void readAgain(EventHead head) {
        Chunk oldest = chunks.peekFirst();
        if (oldest == null) {
            return;
        }
        if (oldest.events == 0) {
            oldest.first = head.sequence();
            oldest.firstTime = head.time();
        }
        oldest.events++;
        oldest.bytes += head.bytes();
        events++;
        bytes += head.bytes();
    }

    void clear() {
        chunks.clear();
        events = 0;
        bytes = 0;
    }

    private void forgetFirst() {
        Chunk gone = chunks.removeFirst();
        events -= gone.events;
        bytes -= gone.bytes;
    }
}
