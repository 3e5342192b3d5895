package dev.sandpiper.schedules;

import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishOptions;
import dev.sandpiper.protocol.HeadersMember;
import dev.sandpiper.protocol.JsonBytes;
import dev.sandpiper.protocol.Timestamps;
import java.time.Duration;
import java.time.Instant;

/** What {@code GET /events/scheduled} and {@code GET /events/scheduled/{id}} answer. */
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

    /** An item with what else is known: {@code class} and {@code ttl} as they were asked for, {@code ended_at}, the payload. */
    static byte[] encode(Schedule schedule) {
        PublishCommand command = schedule.command();
        JsonBytes json = new JsonBytes(320 + command.data().length).beginObject();
        members(json, schedule);
        DeliveryClass requested = command.requestedClass();
        PublishOptions options = command.options();
        Duration ttl = options == null ? null : options.ttl();
        Instant ended = schedule.endedAt();
        json.optional("class", requested == null ? null : requested.wireName())
                .optional("ttl", ttl == null ? null : ttl.toSeconds() + "s")
                .optional("ended_at", ended == null ? null : Timestamps.format(ended));
        String contentType = command.contentType();
        if (contentType == null) {
            json.name("data").raw(command.data());
        } else {
            json.name("data").base64(command.data()).name("encoding").string("base64");
            json.name("content_type").string(contentType);
        }
        return HeadersMember.optional(json, command.headers()).endObject().toByteArray();
    }

    private static void item(JsonBytes json, Schedule schedule) {
        json.beginObject();
        members(json, schedule);
        json.endObject();
    }

    private static void members(JsonBytes json, Schedule schedule) {
        json.name("id")
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
                .optional("error", schedule.error());
    }
}
