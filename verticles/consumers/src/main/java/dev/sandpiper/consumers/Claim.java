package dev.sandpiper.consumers;

import dev.sandpiper.domain.Cursor;

/**
 * What a delivery token says: which event its holder was given, and by which fence.
 *
 * @param source the event's own cursor
 * @param fence unlike that of any other delivery
 * @param delivery counted from 1
 */
public record Claim(Cursor source, long fence, int delivery) {}
