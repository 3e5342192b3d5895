package dev.sandpiper.domain;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Events that are stored all or none, next to each other in the stream; valid by construction.
 *
 * @param key by which the whole is recognised when it is sent again, 1 to {@value #MAX_KEY} characters
 * @param events 1 to {@value #MAX_EVENTS}, all of this tenant and project, none of class ephemeral
 */
public record PublishTransaction(
        TenantId tenant, ProjectId project, @Nullable String key, List<PublishCommand> events) {
    /** The event store takes 1,000 messages in one step, and one of them remembers the key. */
    public static final int MAX_EVENTS = 999;

    /** Shorter than an event's: those of the events are made from it. */
    public static final int MAX_KEY = 250;

    /** @throws PlatformException naming the event that does not fit */
    public PublishTransaction {
        events = List.copyOf(events);
        if (events.isEmpty() || events.size() > MAX_EVENTS) {
            throw new PlatformException(new RequestError.InvalidParameter("events", "must be 1 to " + MAX_EVENTS));
        }
        if (key != null && !Text.isPrintable(key, MAX_KEY)) {
            throw new PlatformException(
                    new RequestError.InvalidParameter("key", "must be 1 to " + MAX_KEY + " printable characters"));
        }
        Set<Topic> topics = new HashSet<>();
        for (int i = 0; i < events.size(); i++) {
            PublishCommand event = events.get(i);
            if (!event.tenant().equals(tenant) || !event.project().equals(project)) {
                throw new IllegalArgumentException("a transaction stays within its project");
            }
            check(event, topics.add(event.topic()), i);
        }
    }

    /** An event's own key, for a class that asks for one. */
    public static @Nullable String keyOf(@Nullable String key, int index) {
        return key == null ? null : key + '#' + index;
    }

    private static void check(PublishCommand event, boolean firstOfTopic, int index) {
        if (event.deliveryClass() == DeliveryClass.EPHEMERAL) {
            throw refused(index, "class", "cannot be ephemeral in a transaction");
        }
        PublishOptions options = event.options();
        if (options != null && options.ifLast() != null && !firstOfTopic) {
            throw refused(index, "if_last_cursor", "is for the first event of a topic in a transaction");
        }
    }

    private static PlatformException refused(int index, String parameter, String reason) {
        return new PlatformException(
                new RequestError.OfEvent(index, new RequestError.InvalidParameter(parameter, reason)));
    }
}
