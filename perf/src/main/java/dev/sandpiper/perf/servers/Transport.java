package dev.sandpiper.perf.servers;

/** How subscribers connect. */
public enum Transport {
    WEBSOCKET,
    SSE
}
