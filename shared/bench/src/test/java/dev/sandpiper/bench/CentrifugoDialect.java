package dev.sandpiper.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Centrifugo's JSON protocol, version 2, as documented: commands and replies by id, pushes, a ping after connecting, recovery by
 * offset and epoch with what was missed inside the reply, publishing and batches by the HTTP API.
 */
final class CentrifugoDialect implements Dialect {
    private static final String EPOCH = "xyz";

    private final AtomicInteger pongs = new AtomicInteger();

    /** How many pings were answered. */
    int pongs() {
        return pongs.get();
    }

    @Override
    public void connected(TinyServer server, TinyServer.Client client, String uri) {
        if (!uri.equals("/connection/websocket")) {
            client.channel().close();
        }
    }

    @Override
    public void received(TinyServer server, TinyServer.Client client, String text) {
        for (String line : text.split("\n")) {
            JsonNode command = SandpiperDialect.parse(line);
            if (command.isEmpty()) {
                pongs.incrementAndGet();
            } else if (command.has("connect")) {
                client.send("{\"id\":" + command.get("id")
                        + ",\"connect\":{\"client\":\"c\",\"version\":\"6\",\"ping\":25," + "\"pong\":true}}");
                client.send("{}");
            } else {
                subscribe(server, client, command);
            }
        }
    }

    private void subscribe(TinyServer server, TinyServer.Client client, JsonNode command) {
        JsonNode asked = command.get("subscribe");
        String topic = asked.get("channel").asText();
        server.subscribe(client, topic);
        String recovered = "";
        if (asked.path("recover").asBoolean()) {
            boolean known = asked.get("epoch").asText().equals(EPOCH);
            List<String> events = server.history(topic);
            List<String> missed = new ArrayList<>();
            for (int i = asked.get("offset").asInt(); known && i < events.size(); i++) {
                missed.add("{\"data\":" + events.get(i) + ",\"offset\":" + (i + 1) + "}");
            }
            recovered = ",\"recoverable\":true,\"was_recovering\":true,\"publications\":[" + String.join(",", missed)
                    + "]" + (known ? ",\"recovered\":true" : "");
        }
        client.send("{\"id\":" + command.get("id") + ",\"subscribe\":{\"epoch\":\"" + EPOCH + "\"" + recovered + "}}");
    }

    @Override
    public String posted(TinyServer server, String uri, String body) {
        JsonNode request = SandpiperDialect.parse(body);
        if (uri.equals("/api/publish")) {
            return "{\"result\":" + publish(server, request) + "}";
        }
        List<String> replies = new ArrayList<>();
        request.get("commands")
                .forEach(command -> replies.add("{\"publish\":" + publish(server, command.get("publish")) + "}"));
        return "{\"replies\":[" + String.join(",", replies) + "]}";
    }

    private static String publish(TinyServer server, JsonNode event) {
        int offset =
                server.publish(event.get("channel").asText(), event.get("data").toString());
        return "{\"offset\":" + offset + ",\"epoch\":\"" + EPOCH + "\"}";
    }

    @Override
    public String event(String topic, String data, int number) {
        return "{\"push\":{\"channel\":\"" + topic + "\",\"pub\":{\"data\":" + data + ",\"offset\":" + number + "}}}";
    }
}
