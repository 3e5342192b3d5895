/** Client connections: WebSocket, server-sent events, long poll. */
@NullMarked
package dev.sandpiper.sockets;

import org.jspecify.annotations.NullMarked;
