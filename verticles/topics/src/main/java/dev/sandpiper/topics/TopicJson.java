package dev.sandpiper.topics;

import dev.sandpiper.domain.CursorCodec;
import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.Violation;
import dev.sandpiper.protocol.ErrorJson;
import dev.sandpiper.protocol.JsonBytes;
import dev.sandpiper.protocol.Timestamps;
import dev.sandpiper.runtime.config.Durations;
import dev.sandpiper.runtime.events.TopicRule;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rules as clients see them. */
public final class TopicJson {
    /** Events that a report names. */
    static final int MAX_FAILURES = 20;

    private static final int ITEM_SIZE = 512;

    private TopicJson() {}

    public static byte[] rule(StoredRule rule) {
        return rule(new JsonBytes(ITEM_SIZE), rule).toByteArray();
    }

    /** @param next where the next page begins; null on the last one */
    static byte[] page(List<StoredRule> rules, @Nullable String next) {
        JsonBytes json = new JsonBytes(ITEM_SIZE * (rules.size() + 1))
                .beginObject()
                .name("items")
                .beginArray();
        rules.forEach(rule -> rule(json, rule));
        return text(json.endArray().name("next"), next).endObject().toByteArray();
    }

    static byte[] report(RuleAdmin.Report report, CursorCodec cursors) {
        JsonBytes json = new JsonBytes(ITEM_SIZE)
                .beginObject()
                .name("checked")
                .number(report.checked())
                .name("failed")
                .number(report.failed())
                .name("failures")
                .beginArray();
        for (RuleAdmin.Failure failure : report.failures()) {
            StoredEvent event = failure.event();
            json.beginObject()
                    .name("topic")
                    .string(event.topic().name())
                    .name("id")
                    .string(event.id().value())
                    .name("cursor");
            text(json, event.cursor() == null ? null : cursors.encode(event.tenant(), event.project(), event.cursor()));
            violations(json.name("errors"), failure.errors()).endObject();
        }
        json.endArray();
        return violations(json.name("incompatible"), report.incompatible())
                .endObject()
                .toByteArray();
    }

    private static JsonBytes rule(JsonBytes json, StoredRule rule) {
        RuleSpec spec = rule.spec();
        json.beginObject()
                .name("pattern")
                .string(rule.pattern().text())
                .name("version")
                .number(rule.version());
        String schema = spec.schema();
        json.name("schema");
        if (schema == null) {
            json.nil();
        } else {
            json.raw(schema.getBytes(StandardCharsets.UTF_8));
        }
        DeliveryClass deliveryClass = spec.deliveryClass();
        text(json.name("class"), deliveryClass == null ? null : deliveryClass.wireName());
        duration(json.name("dedupe_window"), spec.dedupeWindow());
        limit(json.name("max_payload"), spec.maxPayload());
        TopicRule.Retention retention = spec.retention();
        duration(json.name("retention").beginObject().name("age"), retention.maxAge());
        limit(json.name("count"), retention.maxEvents());
        limit(json.name("bytes"), retention.maxBytes()).endObject();
        duration(json.name("ttl"), spec.ttl());
        return json.name("created_at")
                .string(Timestamps.format(rule.createdAt()))
                .name("updated_at")
                .string(Timestamps.format(rule.updatedAt()))
                .endObject();
    }

    private static JsonBytes violations(JsonBytes json, List<Violation> violations) {
        json.beginArray();
        violations.forEach(violation -> ErrorJson.violation(json, violation));
        return json.endArray();
    }

    private static JsonBytes duration(JsonBytes json, @Nullable Duration duration) {
        return text(json, duration == null ? null : Durations.inDays(duration));
    }

    private static JsonBytes limit(JsonBytes json, long limit) {
        return limit == 0 ? json.nil() : json.number(limit);
    }

    private static JsonBytes text(JsonBytes json, @Nullable String text) {
        return text == null ? json.nil() : json.string(text);
    }
}
