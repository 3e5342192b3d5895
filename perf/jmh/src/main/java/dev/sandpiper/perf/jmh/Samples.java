package dev.sandpiper.perf.jmh;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.EventId;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** What goes through the loops: an ordinary event of an ordinary tenant. */
final class Samples {
    static final TenantId TENANT = new TenantId("acme");
    static final ProjectId PROJECT = new ProjectId("production");
    static final Topic TOPIC = new Topic("chat:room-123");
    static final byte[] DATA = ascii("{\"text\":\"" + "x".repeat(116) + "\"}");

    /** A payload of some structure. */
    static final byte[] ORDER = """
            {"total":120.5,"count":3,"user":{"name":"ann","country":"DE","tags":["vip","eu"]},
             "items":[{"sku":"a-1","qty":1},{"sku":"b-2","qty":7},{"sku":"c-3","qty":2}]}""".getBytes(StandardCharsets.UTF_8);

    private Samples() {}

    /** A new one each time, because an event keeps what it was encoded to. */
    static StoredEvent event() {
        return new StoredEvent(
                TENANT,
                PROJECT,
                TOPIC,
                new EventId("01KAJ3ZZZZ0123456789ABCDEF"),
                "new-message",
                DATA,
                null,
                "user-456",
                Instant.parse("2026-01-25T09:00:00.123Z"),
                new Cursor(7, 42));
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
