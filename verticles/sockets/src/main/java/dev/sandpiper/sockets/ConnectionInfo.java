package dev.sandpiper.sockets;

import dev.sandpiper.domain.Principal;
import org.jspecify.annotations.Nullable;

/**
 * One open connection.
 *
 * @param id as in the {@code connected} frame and in logs
 * @param principal null when it has not authenticated yet
 */
public record ConnectionInfo(
        String id, Transport transport, @Nullable Principal principal, int subscriptions) {}
