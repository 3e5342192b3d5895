package dev.sandpiper.schedules;

import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.TenantId;
import io.vertx.core.Future;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where scheduled events wait. Tenant and project are explicit in every call; time is the store's own.
 *
 * <p>Every future fails with a {@link dev.sandpiper.domain.PlatformException}: {@code DATABASE_UNAVAILABLE}, or what the method
 * names. Safe for use by several threads; answers come on the caller's context.
 */
public interface ScheduleStore {
    /** @param duplicate the key was used before for the same event and time, and this is that schedule */
    record Inserted(String id, Instant deliverAt, boolean duplicate) {}

    /**
     * Fails with {@code INVALID_PARAMETER} for a time that is past or too far ahead, {@code IDEMPOTENCY_CONFLICT}, {@code
     * TOO_MANY_SCHEDULES}.
     */
    Future<Inserted> insert(String id, PublishCommand command, Instant deliverAt);

    /**
     * What waits, is being published or has failed, by its time.
     *
     * @param after {@link SchedulePage#next()} of the page before; null for the first. When it is anything else: {@code
     *     INVALID_PARAMETER}
     */
    Future<SchedulePage> list(TenantId tenant, ProjectId project, int limit, @Nullable String after);

    /** Whatever became of it, for about a day after its end; then fails with {@code RESOURCE_NOT_FOUND}. */
    Future<Schedule> find(TenantId tenant, ProjectId project, String id);

    /** Fails with {@code RESOURCE_NOT_FOUND} when the project has no such schedule, or it is being published or was. */
    Future<Void> cancel(TenantId tenant, ProjectId project, String id);

    /** What is due, for this node to publish; null while that is another's job. */
    Future<@Nullable DueSchedules> own();
}
