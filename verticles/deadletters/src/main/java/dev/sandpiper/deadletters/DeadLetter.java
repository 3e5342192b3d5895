package dev.sandpiper.deadletters;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.TenantId;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An event that failed, and how.
 *
 * @param consumer who failed, in the tenant's own words
 * @param feature which of our own features reported it; null for a consumer of the event stream
 * @param durable that consumer's name on the stream; null for a feature
 * @param error what the consumer said last; null when it said nothing
 * @param attempts how often the event was delivered, at least 1
 * @param failedAt when the consumer gave up
 * @param cursor where the event was in the stream; null for an ephemeral one
 * @param event null when it was trimmed; without data when it was too large
 * @param missing null when the event is complete
 * @param headers the event's own, without those that only mean something to JetStream
 */
public record DeadLetter(
        TenantId tenant,
        ProjectId project,
        String consumer,
        @Nullable String feature,
        @Nullable String durable,
        Reason reason,
        @Nullable String error,
        long attempts,
        Instant failedAt,
        @Nullable Cursor cursor,
        @Nullable StoredEvent event,
        @Nullable Missing missing,
        Map<String, String> headers) {
    public DeadLetter {
        headers = Map.copyOf(headers);
    }
}
