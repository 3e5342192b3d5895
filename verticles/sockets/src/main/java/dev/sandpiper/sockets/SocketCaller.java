package dev.sandpiper.sockets;

import dev.sandpiper.runtime.auth.Caller;
import org.jspecify.annotations.Nullable;

/** Who opened a socket, for the credentials that its frames bring. */
record SocketCaller(String address, @Nullable String origin) implements Caller {}
