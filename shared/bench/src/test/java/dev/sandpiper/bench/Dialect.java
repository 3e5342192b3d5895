package dev.sandpiper.bench;

/** What a {@link TinyServer} speaks: how clients subscribe, and how events and answers look. */
interface Dialect {
    /** Handles a text frame of a client's. */
    void received(TinyServer server, TinyServer.Client client, String text);

    /** A client has connected; {@code uri} is what it asked for. */
    void connected(TinyServer server, TinyServer.Client client, String uri);

    /** Publishes what was posted and returns the answer. */
    String posted(TinyServer server, String uri, String body);

    /** An event as it is sent to subscribers. */
    String event(String topic, String data, int number);
}
