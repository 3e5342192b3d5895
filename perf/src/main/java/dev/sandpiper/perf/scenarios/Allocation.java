package dev.sandpiper.perf.scenarios;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/**
 * Bytes that threads allocated during a recording.
 *
 * @param eventLoops of these, on event loops
 */
record Allocation(long all, long eventLoops) {
    private static final String STATISTICS = "jdk.ThreadAllocationStatistics";

    /** Each thread's total stands in the recording at its begin and at its end. */
    static Allocation read(Path recording) {
        Map<Long, Long> least = new HashMap<>();
        Map<Long, Long> most = new HashMap<>();
        Map<Long, String> names = new HashMap<>();
        try (RecordingFile file = new RecordingFile(recording)) {
            while (file.hasMoreEvents()) {
                RecordedEvent event = file.readEvent();
                RecordedThread thread =
                        event.getEventType().getName().equals(STATISTICS) ? event.getThread("thread") : null;
                if (thread != null) {
                    long allocated = event.getLong("allocated");
                    least.merge(thread.getId(), allocated, Math::min);
                    most.merge(thread.getId(), allocated, Math::max);
                    names.put(thread.getId(), String.valueOf(thread.getJavaName()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        long all = 0;
        long eventLoops = 0;
        for (Map.Entry<Long, Long> thread : most.entrySet()) {
            long bytes = thread.getValue() - least.getOrDefault(thread.getKey(), 0L);
            all += bytes;
            if (names.getOrDefault(thread.getKey(), "").contains("eventloop")) {
                eventLoops += bytes;
            }
        }
        return new Allocation(all, eventLoops);
    }
}
