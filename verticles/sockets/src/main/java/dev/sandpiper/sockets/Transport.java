package dev.sandpiper.sockets;

import java.util.Locale;

/** The ways in which a client is connected. */
public enum Transport {
    WEBSOCKET,
    SSE,
    POLL;

    /** As in metrics and logs. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
