package dev.sandpiper.retention;

import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.protocol.JsonBytes;
import dev.sandpiper.protocol.Timestamps;
import dev.sandpiper.runtime.config.Durations;
import dev.sandpiper.runtime.nats.StreamReport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Everything of this feature as clients see it. */
public final class RetentionJson {
    private static final int SIZE = 512;

    private RetentionJson() {}

    /** @param plan limits that the tenant's plan begins with; null for a project, which has none */
    public static byte[] limits(StoredLimits stored, @Nullable Limits plan) {
        ProjectId project = stored.project();
        JsonBytes json = new JsonBytes(SIZE)
                .beginObject()
                .name("tenant")
                .string(stored.tenant().value());
        text(json.name("project"), project == null ? null : project.value());
        members(json, stored.limits());
        if (plan != null) {
            members(json.name("plan").beginObject().name("name").string(stored.plan()), plan)
                    .endObject();
            members(json.name("effective").beginObject(), stored.limits().orElse(plan))
                    .endObject();
        }
        return time(json.name("updated_at"), stored.updatedAt()).endObject().toByteArray();
    }

    public static byte[] hold(Hold hold) {
        return hold(new JsonBytes(SIZE), hold).toByteArray();
    }

    static byte[] holds(HoldPage page) {
        JsonBytes json = new JsonBytes(SIZE).beginObject().name("items").beginArray();
        page.items().forEach(hold -> hold(json, hold));
        return text(json.endArray().name("next"), page.next()).endObject().toByteArray();
    }

    private static JsonBytes hold(JsonBytes json, Hold hold) {
        ProjectId project = hold.project();
        json.beginObject()
                .name("id")
                .string(hold.id())
                .name("tenant")
                .string(hold.tenant().value());
        text(json.name("project"), project == null ? null : project.value())
                .name("topics")
                .string(hold.topics().text())
                .name("reason")
                .string(hold.reason());
        return time(json.name("placed_at"), hold.placedAt()).endObject();
    }

    static byte[] usage(String tenant, UsageStore.Counted counted) {
        Usage total = counted.total();
        JsonBytes json = new JsonBytes(SIZE).beginObject().name("tenant").string(tenant);
        time(json.name("as_of"), counted.at()).name("exact").bool(counted.exact());
        sums(json, total).name("projects").beginArray();
        counted.projects().entrySet().stream()
                .sorted(Map.Entry.comparingByKey((a, b) -> a.value().compareTo(b.value())))
                .forEach(entry -> sums(
                                json.beginObject()
                                        .name("project")
                                        .string(entry.getKey().value()),
                                entry.getValue())
                        .endObject());
        return json.endArray().endObject().toByteArray();
    }

    static byte[] tenants(List<UsageStore.TenantUsage> tenants, @Nullable String next) {
        JsonBytes json = new JsonBytes(SIZE).beginObject().name("items").beginArray();
        for (UsageStore.TenantUsage one : tenants) {
            sums(json.beginObject().name("tenant").string(one.tenant().value()), one.usage())
                    .endObject();
        }
        return text(json.endArray().name("next"), next).endObject().toByteArray();
    }

    static byte[] purged(JanitorAnswer answer, boolean dryRun) {
        return sums(
                        new JsonBytes(SIZE).beginObject().name("dry_run").bool(dryRun),
                        new Usage(answer.events(), answer.bytes()))
                .name("topics")
                .number(answer.topics())
                .name("held_topics")
                .number(answer.heldTopics())
                .endObject()
                .toByteArray();
    }

    static byte[] streams(List<StreamReport> streams) {
        JsonBytes json = new JsonBytes(SIZE).beginObject().name("items").beginArray();
        streams.forEach(stream -> stream(json, stream));
        return json.endArray().name("next").nil().endObject().toByteArray();
    }

    private static JsonBytes stream(JsonBytes json, StreamReport stream) {
        json.beginObject()
                .name("name")
                .string(stream.name())
                .name("events")
                .number(stream.events())
                .name("bytes")
                .number(stream.bytes())
                .name("first_sequence")
                .number(stream.state().firstSequence())
                .name("last_sequence")
                .number(stream.state().lastSequence());
        amount(json.name("max_bytes"), Math.max(0, stream.maxBytes()));
        Duration age = stream.maxAge();
        text(json.name("max_age"), age.isZero() ? null : Durations.inDays(age))
                .name("replicas")
                .number(stream.replicas());
        text(json.name("leader"), stream.leader());
        return time(json.name("created_at"), stream.created()).endObject();
    }

    /** What a check of consistency found, as it is stored and shown. */
    public static byte[] check(CheckReport report) {
        JsonBytes json = new JsonBytes(SIZE).beginObject();
        time(json.name("checked_at"), report.at())
                .name("clean")
                .bool(report.isClean())
                .name("events")
                .number(report.events())
                .name("bytes")
                .number(report.bytes())
                .name("topics")
                .number(report.topics())
                .name("trim_marks")
                .number(report.marks())
                .name("repaired")
                .number(report.repaired())
                .name("findings")
                .beginArray();
        report.findings().forEach(json::string);
        return json.endArray().endObject().toByteArray();
    }

    private static JsonBytes members(JsonBytes json, Limits limits) {
        Duration age = limits.maxAge();
        text(json.name("max_age"), age == null ? null : Durations.inDays(age));
        amount(json.name("max_events"), limits.maxEvents());
        return amount(json.name("max_bytes"), limits.maxBytes());
    }

    private static JsonBytes sums(JsonBytes json, Usage usage) {
        return json.name("events").number(usage.events()).name("bytes").number(usage.bytes());
    }

    private static JsonBytes amount(JsonBytes json, long limit) {
        return limit == 0 ? json.nil() : json.number(limit);
    }

    private static JsonBytes text(JsonBytes json, @Nullable String text) {
        return text == null ? json.nil() : json.string(text);
    }

    private static JsonBytes time(JsonBytes json, @Nullable Instant time) {
        return text(json, time == null ? null : Timestamps.format(time));
    }
}
