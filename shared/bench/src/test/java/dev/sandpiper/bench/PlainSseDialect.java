package dev.sandpiper.bench;

/** {@code GET /events?topic=…} streams, {@code POST /publish?topic=…} sends; everybody's first attempt. */
final class PlainSseDialect implements Dialect {
    @Override
    public void connected(TinyServer server, TinyServer.Client client, String uri) {
        client.send(": hello\n\n");
        server.subscribe(client, topic(uri));
    }

    @Override
    public void received(TinyServer server, TinyServer.Client client, String text) {
        throw new AssertionError("There are no WebSockets here");
    }

    @Override
    public String posted(TinyServer server, String uri, String body) {
        server.publish(topic(uri), body);
        return "ok";
    }

    @Override
    public String event(String topic, String data, int number) {
        return "data: " + data + "\n\n";
    }

    private static String topic(String uri) {
        return uri.substring(uri.indexOf("topic=") + 6);
    }
}
