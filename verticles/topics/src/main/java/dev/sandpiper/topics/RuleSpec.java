package dev.sandpiper.topics;

import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.runtime.events.TopicRule;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a rule says, as it is written and stored; as {@link TopicRule}, but with the schema as text.
 *
 * @param schema JSON text
 */
public record RuleSpec(
        @Nullable String schema,
        @Nullable DeliveryClass deliveryClass,
        @Nullable Duration dedupeWindow,
        int maxPayload,
        TopicRule.Retention retention,
        @Nullable Duration ttl) {}
