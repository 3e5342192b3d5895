package dev.sandpiper.schedules;

import dev.sandpiper.protocol.JsonBytes;
import dev.sandpiper.protocol.Timestamps;

/** What {@code GET /events/scheduled} answers. */
final class ScheduleJsonPage {
    private ScheduleJsonPage() {}

    /** {@code {"items":[…],"next":…}}. */
    static byte[] encode(SchedulePage page) {
        JsonBytes json = new JsonBytes(page.items().size() * 220 + 32)
                .beginObject()
                .name("items")
                .beginArray();
        for (Schedule schedule : page.items()) {
            item(json, schedule);
        }
        json.endArray().name("next");
        String next = page.next();
        if (next == null) {
            json.nil();
        } else {
            json.string(next);
        }
        return json.endObject().toByteArray();
    }

    private static void item(JsonBytes json, Schedule schedule) {
        json.beginObject()
                .name("id")
                .string(schedule.id())
                .name("topic")
                .string(schedule.command().topic().name())
                .name("event")
                .string(schedule.command().event())
                .optional("key", schedule.command().key())
                .name("deliver_at")
                .string(Timestamps.format(schedule.deliverAt()))
                .name("created_at")
                .string(Timestamps.format(schedule.createdAt()))
                .name("state")
                .string(schedule.state().wireName())
                .name("attempts")
                .number(schedule.attempts())
                .optional("error", schedule.error())
                .endObject();
    }
}
