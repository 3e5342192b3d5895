package dev.sandpiper.runtime.events;

import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.Topic;
import io.vertx.core.Future;
import java.time.Instant;

/** Takes events that are to be published later. */
public interface Schedules {
    /**
     * What was agreed.
     *
     * @param id names the schedule, for whoever wants to cancel it
     * @param duplicate the event's key was seen before with the same event, which was not scheduled again
     */
    record Scheduled(String id, Topic topic, Instant deliverAt, boolean duplicate) {}

    /**
     * Keeps the event until its time. The future succeeds once it is safe and completes on the caller's context; the event is then
     * published once, at or after the time.
     *
     * <p>Fails with a {@link dev.sandpiper.domain.PlatformException}: {@code INVALID_PARAMETER} for a time that is past or too far
     * ahead, and for an event with a precondition or of class ephemeral; {@code IDEMPOTENCY_CONFLICT}, {@code
     * TOO_MANY_SCHEDULES}, {@code DATABASE_UNAVAILABLE}.
     */
    Future<Scheduled> schedule(PublishCommand command, Instant deliverAt);
}
