package dev.sandpiper.topics.postgres;

import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.TopicPattern;
import dev.sandpiper.runtime.events.TopicRule;
import dev.sandpiper.topics.RuleSpec;
import dev.sandpiper.topics.StoredRule;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Between rows of {@code topic_rules} and rules. */
final class RuleRows {
    private static final List<String> NAMES = List.of(
            "pattern",
            "version",
            "schema",
            "class",
            "dedupe_window_ms",
            "max_payload",
            "retention_age_ms",
            "retention_count",
            "retention_bytes",
            "ttl_ms",
            "created_at",
            "updated_at");

    static final String COLUMNS =
            NAMES.stream().map(name -> "topic_rules." + name).collect(Collectors.joining(", "));

    static final String COLUMNS_OF_R = NAMES.stream().map(name -> "r." + name).collect(Collectors.joining(", "));

    private RuleRows() {}

    /** Empty when the row has nothing in the place of the rule. */
    static Optional<StoredRule> rule(Row row) {
        String pattern = row.getString("pattern");
        if (pattern == null) {
            return Optional.empty();
        }
        String deliveryClass = row.getString("class");
        Integer maxPayload = row.getInteger("max_payload");
        var spec = new RuleSpec(
                row.getString("schema"),
                deliveryClass == null
                        ? null
                        : DeliveryClass.named(deliveryClass).orElseThrow(),
                duration(row, "dedupe_window_ms"),
                maxPayload == null ? 0 : maxPayload,
                new TopicRule.Retention(
                        duration(row, "retention_age_ms"),
                        count(row, "retention_count"),
                        count(row, "retention_bytes")),
                duration(row, "ttl_ms"));
        return Optional.of(new StoredRule(
                new TopicPattern(pattern),
                row.getLong("version"),
                spec,
                row.getOffsetDateTime("created_at").toInstant(),
                row.getOffsetDateTime("updated_at").toInstant()));
    }

    static Tuple parameters(
            TenantId tenant,
            ProjectId project,
            long revision,
            TopicPattern pattern,
            RuleSpec spec,
            OffsetDateTime now) {
        DeliveryClass deliveryClass = spec.deliveryClass();
        TopicRule.Retention retention = spec.retention();
        return Tuple.from(Arrays.<@Nullable Object>asList(
                tenant.value(),
                project.value(),
                revision,
                pattern.text(),
                spec.schema(),
                deliveryClass == null ? null : deliveryClass.wireName(),
                millis(spec.dedupeWindow()),
                spec.maxPayload() == 0 ? null : spec.maxPayload(),
                millis(retention.maxAge()),
                limit(retention.maxEvents()),
                limit(retention.maxBytes()),
                millis(spec.ttl()),
                now));
    }

    private static @Nullable Duration duration(Row row, String column) {
        Long millis = row.getLong(column);
        return millis == null ? null : Duration.ofMillis(millis);
    }

    private static long count(Row row, String column) {
        Long count = row.getLong(column);
        return count == null ? 0 : count;
    }

    private static @Nullable Long millis(@Nullable Duration duration) {
        return duration == null ? null : duration.toMillis();
    }

    private static @Nullable Long limit(long limit) {
        return limit == 0 ? null : limit;
    }
}
