package dev.sandpiper.protocol;

import java.time.Instant;

/** What whoever schedules an event is answered. */
public final class ScheduleJson {
    /** Of that answer: the event is accepted, not stored. */
    public static final int STATUS = 202;

    private ScheduleJson() {}

    /** {@code {"id", "topic", "deliver_at", "duplicate"}}. */
    public static byte[] scheduled(String id, String topic, Instant deliverAt, boolean duplicate) {
        return new JsonBytes(160)
                .beginObject()
                .name("id")
                .string(id)
                .name("topic")
                .string(topic)
                .name("deliver_at")
                .string(Timestamps.format(deliverAt))
                .name("duplicate")
                .bool(duplicate)
                .endObject()
                .toByteArray();
    }
}
