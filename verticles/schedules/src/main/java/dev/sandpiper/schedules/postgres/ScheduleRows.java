package dev.sandpiper.schedules.postgres;

import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.domain.EventHeaders;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishOptions;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.schedules.Schedule;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows of {@code scheduled_events} as what they mean. */
final class ScheduleRows {
    static final String COLUMNS =
            "id, tenant, project, key, topic, event, data, content_type, class, ttl_seconds, created_at,"
                    + " deliver_at, attempts, error, ended_at, state, headers";

    private ScheduleRows() {}

    static Schedule schedule(Row row) {
        String requested = row.getString("class");
        Long ttl = row.getLong("ttl_seconds");
        OffsetDateTime ended = row.getOffsetDateTime("ended_at");
        return new Schedule(
                row.getString("id"),
                new PublishCommand(
                        new TenantId(row.getString("tenant")),
                        new ProjectId(row.getString("project")),
                        new Topic(row.getString("topic")),
                        row.getString("event"),
                        row.getBuffer("data").getBytes(),
                        row.getString("content_type"),
                        headers(row.getJsonObject("headers")),
                        row.getString("key"),
                        null,
                        requested == null
                                ? null
                                : DeliveryClass.named(requested).orElseThrow(),
                        ttl == null ? null : PublishOptions.ttl(Duration.ofSeconds(ttl))),
                row.getOffsetDateTime("created_at").toInstant(),
                row.getOffsetDateTime("deliver_at").toInstant(),
                Schedule.State.named(row.getString("state")),
                row.getInteger("attempts"),
                row.getString("error"),
                ended == null ? null : ended.toInstant());
    }

    /** Null for none. */
    static @Nullable JsonObject json(EventHeaders headers) {
        return headers.isEmpty() ? null : new JsonObject(new LinkedHashMap<>(headers.asMap()));
    }

    private static EventHeaders headers(@Nullable JsonObject json) {
        if (json == null) {
            return EventHeaders.NONE;
        }
        Map<String, String> headers = new LinkedHashMap<>();
        json.fieldNames().forEach(name -> headers.put(name, json.getString(name)));
        return EventHeaders.of(headers);
    }
}
