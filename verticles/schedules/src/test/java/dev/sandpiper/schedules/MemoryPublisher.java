package dev.sandpiper.schedules;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.domain.Durability;
import dev.sandpiper.domain.EventId;
import dev.sandpiper.domain.EventIds;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.runtime.events.Publisher;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;

/** Remembers keys, as the event store does, and goes wrong in every way in which publishing can go wrong. */
final class MemoryPublisher implements Publisher {
    /** What happens to the events of one round. */
    enum Outcome {
        STORED,
        STORED_BUT_UNANSWERED,
        LOST_AND_UNANSWERED,
        NOT_REACHED,
        REFUSED,
        BROKEN,
        /** The node dies before the event is sent. */
        DEATH_BEFORE,
        /** The node dies before it can note that the event is stored. */
        DEATH_AFTER
    }

    /** Ends a node, as far as a test can. */
    static final class Death extends Error {
        private static final long serialVersionUID = 1;
    }

    final List<PublishCommand> stored = new ArrayList<>();
    private final Map<String, EventId> keys = new HashMap<>();
    private final EventIds ids = new EventIds(ThreadLocalRandom.current());
    Outcome next = Outcome.STORED;
    boolean refused;

    @Override
    public Future<PublishReceipt> publish(PublishCommand command) {
        return switch (next) {
            case STORED -> Future.succeededFuture(store(command));
            case STORED_BUT_UNANSWERED -> {
                store(command);
                yield failed(new AvailabilityError.OutcomeUnknown());
            }
            case LOST_AND_UNANSWERED -> failed(new AvailabilityError.OutcomeUnknown());
            case NOT_REACHED -> failed(new AvailabilityError.EventStoreUnavailable());
            case REFUSED -> {
                refused = true;
                yield failed(new RequestError.InvalidParameter("data", "is not wanted any more"));
            }
            case BROKEN -> throw new IllegalStateException("a fault of this publisher");
            case DEATH_BEFORE -> throw new Death();
            case DEATH_AFTER -> {
                store(command);
                throw new Death();
            }
        };
    }

    private PublishReceipt store(PublishCommand command) {
        String key = Objects.requireNonNull(command.key(), "a schedule is published under a key");
        EventId known = keys.get(key);
        EventId id = known == null ? ids.next(System.currentTimeMillis()) : known;
        if (known == null) {
            stored.add(command);
            keys.put(key, id);
        }
        return new PublishReceipt(
                id,
                command.topic(),
                new Cursor(1, stored.size()),
                known != null,
                DeliveryClass.DURABLE,
                Durability.MEMORY);
    }

    private static Future<PublishReceipt> failed(PlatformError error) {
        return Future.failedFuture(new PlatformException(error));
    }
}
