package dev.sandpiper.runtime.events;

import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.domain.Violation;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was decided for some topics of a project. A rule is taken as a whole: what the most specific one leaves open is not
 * looked up in a less specific one.
 *
 * @param pattern the exact name of a topic, or the beginning of names followed by {@code *}
 * @param version grows with every change of the rule, from 1
 * @param deliveryClass of events that name none; null for {@link DeliveryClass#DURABLE}
 * @param dedupeWindow for how long a key is remembered; null for as long as the stream does
 * @param maxPayload in bytes; 0 for no limit of its own
 * @param ttl for how long an event that does not say is kept; null for as long as retention allows
 * @param schema that payloads must fit; null for none
 */
public record TopicRule(
        String pattern,
        long version,
        @Nullable DeliveryClass deliveryClass,
        @Nullable Duration dedupeWindow,
        int maxPayload,
        Retention retention,
        @Nullable Duration ttl,
        @Nullable PayloadSchema schema) {
    /** Decides nothing. */
    public static final TopicRule NONE = new TopicRule("", 0, null, null, 0, Retention.UNLIMITED, null, null);

    /**
     * How much of each topic is kept, oldest first to go.
     *
     * @param maxAge null for no limit
     * @param maxEvents 0 for no limit
     * @param maxBytes 0 for no limit
     */
    public record Retention(@Nullable Duration maxAge, long maxEvents, long maxBytes) {
        public static final Retention UNLIMITED = new Retention(null, 0, 0);
    }

    /** Compiled. Safe for use by several threads; the cost of a check is bounded. */
    public interface PayloadSchema {
        /** Where and why the document does not fit, the first ones when there are many; empty when it fits. */
        List<Violation> violations(byte[] json);
    }
}
