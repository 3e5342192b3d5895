package dev.sandpiper.schedules;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;

/** What is due in all projects, held by one node at a time. Fails as {@link ScheduleStore} does, and then it is lost. */
public interface DueSchedules {
    /** Whether this node is known not to hold it any more. */
    boolean isLost();

    /** Lets another node have it. Never fails. */
    Future<Void> release();

    /**
     * The next ones that are due, in the order of their times; from now on nobody can cancel them. Each has the state that it was
     * found in: one that was being published already, by whoever was the one before, may be in the stream.
     */
    Future<List<Schedule>> claim();

    Future<Void> published(List<String> ids);

    /**
     * It would be refused again.
     *
     * @param error the code
     */
    Future<Void> failed(String id, String error);

    /** @param maybeStored then it cannot be cancelled while it waits for the next attempt */
    Future<Void> postpone(String id, boolean maybeStored, String error, Duration pause);

    /** Removes some of what ended more than a day ago. */
    Future<Void> forget();
}
