package dev.sandpiper.feed;

import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.nats.Subjects;
import org.jspecify.annotations.Nullable;

/**
 * Whose stored events are read.
 *
 * @param subject of the stream, perhaps a pattern
 * @param tenant in whose turn they are read
 * @param address of the one topic that this is; null for several, whose messages say themselves
 */
record Source(String subject, TenantId tenant, Subjects.@Nullable Address address) {
    static Source of(HubTopic topic) {
        return new Source(topic.storedSubject, topic.address.tenant(), topic.address);
    }
}
