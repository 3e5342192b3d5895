package dev.sandpiper.embed;

/** What a node does. By default it does everything. */
public enum Role {
    /** Listens for clients: REST. Needs {@link #FEED}. */
    HTTP,
    /** Holds connections: WebSocket, server-sent events, long poll. Needs {@link #HTTP}. */
    SOCKETS,
    /** Writes events, for this node and for those that have no publisher. */
    PUBLISHER,
    /** Reads events. */
    FEED
}
