package dev.sandpiper.schedules;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.ConnectionEnd;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishOptions;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.runtime.events.Publisher;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes what is due. Whatever happens between publishing an event and noting that it was published, it is published again
 * under the same key, which the event store remembers for as long as it can.
 */
final class Deliveries {
    private static final Logger log = LoggerFactory.getLogger(Deliveries.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final int LONGEST_PAUSE_SHIFT = 6;

    private final Publisher publisher;
    private final ScheduleMetrics metrics;

    Deliveries(Publisher publisher, ScheduleMetrics metrics) {
        this.publisher = publisher;
        this.metrics = metrics;
    }

    /** Publishes some of what is due and returns how many. Blocks: for a virtual thread. */
    int deliver(DueSchedules due) {
        List<Schedule> claimed = Future.await(due.claim());
        List<Future<PublishReceipt>> results = new ArrayList<>();
        for (Schedule schedule : claimed) {
            results.add(begin(schedule));
        }
        List<String> published = new ArrayList<>();
        for (int i = 0; i < claimed.size(); i++) {
            Schedule schedule = claimed.get(i);
            try {
                Future.await(results.get(i));
                published.add(schedule.id());
                metrics.published(schedule.deliverAt());
            } catch (PlatformException e) {
                settle(due, schedule, e.error());
            } catch (RuntimeException e) {
                log.atError()
                        .setCause(e)
                        .addKeyValue("tenant", schedule.command().tenant().value())
                        .addKeyValue("schedule", schedule.id())
                        .log("A scheduled event could not be published");
                settle(due, schedule, new AvailabilityError.Internal());
            }
        }
        if (!published.isEmpty()) {
            Future.await(due.published(published));
        }
        return claimed.size();
    }

    /** Whatever is wrong with one event must not keep the others from being published. */
    private Future<PublishReceipt> begin(Schedule schedule) {
        try {
            return publisher.publish(command(schedule));
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }

    private void settle(DueSchedules due, Schedule schedule, PlatformError error) {
        if (error instanceof AvailabilityError || error instanceof ConnectionEnd) {
            Future.await(due.postpone(schedule.id(), maybeStored(schedule, error), error.code(), pause(schedule)));
            return;
        }
        metrics.failed();
        log.atWarn()
                .addKeyValue("tenant", schedule.command().tenant().value())
                .addKeyValue("schedule", schedule.id())
                .addKeyValue("code", error.code())
                .log("A scheduled event was refused");
        Future.await(due.failed(schedule.id(), error.code()));
    }

    /** By this attempt, or by one before whose outcome nobody knows. */
    private static boolean maybeStored(Schedule schedule, PlatformError error) {
        return schedule.state() == Schedule.State.PUBLISHING
                || error instanceof AvailabilityError.OutcomeUnknown
                || error instanceof AvailabilityError.Internal;
    }

    private static Duration pause(Schedule schedule) {
        return FIRST_PAUSE.multipliedBy(1L << Math.min(schedule.attempts(), LONGEST_PAUSE_SHIFT));
    }

    /** The event under a key that is the schedule's own. */
    static PublishCommand command(Schedule schedule) {
        PublishCommand wanted = schedule.command();
        PublishOptions options = wanted.options();
        return new PublishCommand(
                wanted.tenant(),
                wanted.project(),
                wanted.topic(),
                wanted.event(),
                wanted.data(),
                wanted.contentType(),
                wanted.headers(),
                "schedule:" + schedule.id(),
                wanted.sender(),
                wanted.requestedClass(),
                options == null
                        ? PublishOptions.remember(PublishOptions.MAX_REMEMBER)
                        : options.withRemember(PublishOptions.MAX_REMEMBER));
    }
}
