package dev.sandpiper.domain;

/** The forms in which an event leaves for clients. Each is encoded at most once per event and node. */
public enum WireFormat {
    /** A {@code message} frame: JSON text in UTF-8. */
    JSON,
    /** The same as one complete WebSocket frame, header included: text for JSON data, binary for other data. */
    WEBSOCKET,
    /** The same as one server-sent event. */
    SSE,
    /** The same as one chunk of an HTTP/1.1 body. */
    SSE_CHUNK
}
