package dev.sandpiper.filters;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.EventHeaders;
import dev.sandpiper.domain.EventId;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Events to be filtered. */
final class Samples {
    static final Instant TIME = Instant.parse("2026-01-25T09:00:00Z");

    static final EventHeaders HEADERS = EventHeaders.of(Map.of("priority", "high", "trace-id", "t-1"));

    private Samples() {}

    static StoredEvent json(String data) {
        return json(data, HEADERS);
    }

    static StoredEvent json(String data, EventHeaders headers) {
        return event("orders:7", "paid", data.getBytes(StandardCharsets.UTF_8), null, headers, "ann");
    }

    static StoredEvent event(
            String topic, String name, byte[] data, @Nullable String contentType, @Nullable String sender) {
        return event(topic, name, data, contentType, HEADERS, sender);
    }

    private static StoredEvent event(
            String topic,
            String name,
            byte[] data,
            @Nullable String contentType,
            EventHeaders headers,
            @Nullable String sender) {
        return new StoredEvent(
                new TenantId("t1"),
                new ProjectId("p1"),
                new Topic(topic),
                new EventId("01J00000000000000000000001"),
                name,
                data,
                contentType,
                headers,
                sender,
                TIME,
                new Cursor(1, 1));
    }
}
