package dev.sandpiper.sockets;

import dev.sandpiper.domain.CursorCodec;
import dev.sandpiper.protocol.EventEncoders;
import dev.sandpiper.runtime.auth.Authenticator;
import dev.sandpiper.runtime.events.Consumers;
import dev.sandpiper.runtime.events.EventFilters;
import dev.sandpiper.runtime.events.Feed;
import dev.sandpiper.runtime.events.Publisher;

/** What all event loops of a node share. */
record SocketServices(
        Feed feed,
        EventFilters filters,
        Publisher publisher,
        Consumers consumers,
        CursorCodec cursors,
        EventEncoders encoders,
        Authenticator authenticator,
        SocketsConfig config,
        SocketMetrics metrics,
        Connections connections,
        PositionKeeper positions) {}
