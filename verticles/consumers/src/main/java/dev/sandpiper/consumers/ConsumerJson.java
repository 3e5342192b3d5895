package dev.sandpiper.consumers;

import dev.sandpiper.consumers.ConsumerService.Description;
import dev.sandpiper.consumers.Fetching.Fetched;
import dev.sandpiper.domain.CursorCodec;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.protocol.ErrorJson;
import dev.sandpiper.protocol.ErrorMapping;
import dev.sandpiper.protocol.EventEncoders;
import dev.sandpiper.protocol.JsonBytes;
import dev.sandpiper.protocol.Timestamps;
import dev.sandpiper.runtime.config.Durations;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Consumers and deliveries as clients see them. */
final class ConsumerJson {
    private static final int ITEM_SIZE = 640;
    private static final byte[] NO_RECEIPTS = {'[', ']'};

    private final CursorCodec cursors;
    private final EventEncoders encoders;

    ConsumerJson(CursorCodec cursors) {
        this.cursors = cursors;
        this.encoders = new EventEncoders(cursors);
    }

    byte[] one(Description description) {
        JsonBytes json = new JsonBytes(ITEM_SIZE);
        members(json, description);
        return json.toByteArray();
    }

    byte[] page(List<Description> items, @Nullable String next) {
        JsonBytes json = new JsonBytes(ITEM_SIZE * (items.size() + 1))
                .beginObject()
                .name("items")
                .beginArray();
        items.forEach(item -> members(json, item));
        optional(json.endArray().name("next"), next);
        return json.endObject().toByteArray();
    }

    /** {@code {"deliveries":[{"token", "delivery", "message":{…}}]}}, and {@code "paused":true} when it is. */
    byte[] fetched(Fetched fetched) {
        int size = 64;
        for (Delivery delivery : fetched.deliveries()) {
            size += encoders.json(delivery.event()).length + 128;
        }
        JsonBytes json = new JsonBytes(size).beginObject().name("deliveries").beginArray();
        for (Delivery delivery : fetched.deliveries()) {
            json.beginObject()
                    .name("token")
                    .string(delivery.token())
                    .name("delivery")
                    .number(delivery.claim().delivery())
                    .name("message")
                    .raw(encoders.json(delivery.event()))
                    .endObject();
        }
        json.endArray();
        if (fetched.paused()) {
            json.name("paused").bool(true);
        }
        return json.endObject().toByteArray();
    }

    /** To a word about one delivery: {@code {}}, or the receipts of what was published: {@code {"published":[…]}}. */
    byte[] done(Outcome outcome, boolean publishes) {
        JsonBytes json = new JsonBytes(256).beginObject();
        if (publishes) {
            byte[] published = outcome.published();
            json.name("published").raw(published == null ? NO_RECEIPTS : published);
        }
        return json.endObject().toByteArray();
    }

    /** To a word about several: {@code {"results":[{"status":200}, {"status":409,"error":{…}}]}}. */
    byte[] results(List<Outcome> outcomes) {
        JsonBytes json = new JsonBytes(outcomes.size() * 32 + 32)
                .beginObject()
                .name("results")
                .beginArray();
        for (Outcome outcome : outcomes) {
            PlatformError error = outcome.error();
            json.beginObject().name("status");
            if (error == null) {
                json.number(200);
            } else {
                ErrorJson.member(json.number(ErrorMapping.of(error).status()), error);
            }
            json.endObject();
        }
        return json.endArray().endObject().toByteArray();
    }

    private void members(JsonBytes json, Description description) {
        Consumer consumer = description.consumer();
        ConsumerSpec spec = consumer.spec();
        json.beginObject().name("name").string(spec.name()).name("topics").beginArray();
        spec.topics().forEach(topic -> json.string(topic.text()));
        json.endArray().name("start");
        start(json, consumer);
        optional(json.name("filter"), spec.filter())
                .name("ack_wait")
                .string(Durations.format(spec.ackWait()))
                .name("max_deliver")
                .number(spec.maxDeliver())
                .name("backoff")
                .beginArray();
        spec.backoff().forEach(delay -> json.string(Durations.format(delay)));
        json.endArray()
                .name("max_in_flight")
                .number(spec.maxInFlight())
                .name("ordered_by")
                .string(spec.orderedByTopic() ? "topic" : "none")
                .name("paused")
                .bool(consumer.paused())
                .name("created_at")
                .string(Timestamps.format(consumer.createdAt()))
                .name("lag")
                .number(description.state().lag())
                .name("pending")
                .number(description.state().pending())
                .name("redelivered")
                .number(description.state().redelivered())
                .name("oldest_unacked");
        Instant oldest = description.oldestUnacked();
        optional(json, oldest == null ? null : Timestamps.format(oldest)).endObject();
    }

    private void start(JsonBytes json, Consumer consumer) {
        ConsumerStart start = consumer.start();
        Instant time = start.time();
        if (time != null) {
            json.beginObject().name("time").string(Timestamps.format(time)).endObject();
        } else if (start.after().sequence() == 0) {
            json.string("first");
        } else {
            json.beginObject()
                    .name("cursor")
                    .string(cursors.encode(consumer.tenant(), consumer.project(), start.after()))
                    .endObject();
        }
    }

    private static JsonBytes optional(JsonBytes json, @Nullable String value) {
        return value == null ? json.nil() : json.string(value);
    }
}
