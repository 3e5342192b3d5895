package dev.sandpiper.protocol;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.CursorCodec;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.PublishOptions;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.TenantId;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What few publishers say of an event.
 *
 * @param ttl after which it is forgotten
 * @param ifLastCursor it is stored only if its topic has no event behind this; empty for a topic without events; null for no
 *     such condition
 * @param deliverAt it is not published before; null for at once
 */
public record PublishExtras(
        @Nullable Duration ttl,
        @Nullable String ifLastCursor,
        @Nullable Instant deliverAt) {
    private static final Cursor NO_EVENTS = new Cursor(0, 0);

    /** Null when there is nothing extra. */
    static @Nullable PublishExtras of(
            @Nullable Duration ttl, @Nullable String ifLastCursor, @Nullable Instant deliverAt) {
        return ttl == null && ifLastCursor == null && deliverAt == null
                ? null
                : new PublishExtras(ttl, ifLastCursor, deliverAt);
    }

    /**
     * Reads what stands there as text; null when nothing does.
     *
     * @throws PlatformException with {@code INVALID_PARAMETER}
     */
    public static @Nullable PublishExtras parse(
            @Nullable String ttl, @Nullable String ifLastCursor, @Nullable String deliverAt) {
        return of(
                ttl == null ? null : WireDurations.parse("ttl", ttl),
                ifLastCursor,
                deliverAt == null ? null : Timestamps.parse("deliver_at", deliverAt));
    }

    /**
     * For the event store; null when there is nothing for it.
     *
     * @throws PlatformException when the ttl is out of range, the cursor is not one of the project's, or the event is to be
     *     published later where that cannot be done
     */
    public static @Nullable PublishOptions options(
            @Nullable PublishExtras extras, TenantId tenant, ProjectId project, CursorCodec cursors) {
        PublishOptions unconditional = options(extras);
        if (extras == null || unconditional == null || extras.ifLastCursor == null) {
            return unconditional;
        }
        String known = extras.ifLastCursor;
        Cursor position = known.isEmpty() ? NO_EVENTS : cursors.decode(tenant, project, known);
        return new PublishOptions(extras.ttl, position, null);
    }

    /** Likewise without the precondition. */
    static @Nullable PublishOptions options(@Nullable PublishExtras extras) {
        if (extras == null) {
            return null;
        }
        if (extras.deliverAt != null) {
            throw new PlatformException(new RequestError.InvalidParameter("deliver_at", "is for POST /v1/events only"));
        }
        return new PublishOptions(extras.ttl, null, null);
    }
}
