package dev.sandpiper.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;

/** As in docs/reference/frames.md, as far as the load client needs it; a cursor is the number of an event. */
final class SandpiperDialect implements Dialect {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public void connected(TinyServer server, TinyServer.Client client, String uri) {
        client.send("{\"type\":\"connected\",\"connection\":\"c\",\"version\":1}");
    }

    @Override
    public void received(TinyServer server, TinyServer.Client client, String text) {
        JsonNode frame = parse(text);
        String topic = frame.get("channel").asText();
        server.subscribe(client, topic);
        client.send("{\"type\":\"subscribed\",\"channel\":\"" + topic + "\",\"cursor\":\"1\",\"recovered\":true}");
        if (frame.has("since")) {
            List<String> events = server.history(topic);
            for (int i = frame.get("since").asInt(); i < events.size(); i++) {
                client.send(event(topic, events.get(i), i + 1));
            }
        }
    }

    @Override
    public String posted(TinyServer server, String uri, String body) {
        if (!uri.endsWith("/batch")) {
            return receipt(server, body);
        }
        return "{\"results\":["
                + String.join(
                        ",", body.lines().map(line -> receipt(server, line)).toList()) + "]}";
    }

    private static String receipt(TinyServer server, String body) {
        JsonNode event = parse(body);
        int number =
                server.publish(event.get("topic").asText(), event.get("data").toString());
        return "{\"status\":201,\"id\":\"i\",\"cursor\":\"" + number + "\",\"duplicate\":false}";
    }

    @Override
    public String event(String topic, String data, int number) {
        return "{\"type\":\"message\",\"channel\":\"" + topic + "\",\"event\":\"message\",\"data\":" + data
                + ",\"id\":\"i\",\"cursor\":\"" + number + "\"}";
    }

    static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError("The client sent broken JSON: " + text, e);
        }
    }
}
