package dev.sandpiper.consumers;

import dev.sandpiper.domain.Cursor;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where a consumer begins, as it was decided when it was made or reset.
 *
 * @param after the position before the first event; in another incarnation of the stream it means its beginning
 * @param time when not null, only events stored then or later, and {@code after} is of no account
 */
public record ConsumerStart(Cursor after, @Nullable Instant time) {}
