package dev.sandpiper.bench.wire;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Centrifugo's JSON protocol, version 2, at {@code /connection/websocket}, and its HTTP API at {@code /api}. A cursor is
 * {@code offset:epoch}. Source: centrifugal.dev, "Client protocol" and "Server API walkthrough".
 */
final class Centrifugo implements Protocol, Protocol.Publishing {
    private final String apiKey;

    /** @param apiKey a header line that ends in CR LF, or nothing */
    Centrifugo(String apiKey) {
        this.apiKey = apiKey;
    }

    @Override
    public Framing framing() {
        return Framing.WEBSOCKET;
    }

    @Override
    public String opening(List<String> topics, @Nullable String cursor) {
        return WebSocketFrames.upgrade("/connection/websocket");
    }

    @Override
    public List<String> subscribing(List<String> topics, @Nullable String cursor) {
        List<String> commands = new ArrayList<>(topics.size() + 1);
        commands.add("{\"id\":1,\"connect\":{}}");
        for (int i = 0; i < topics.size(); i++) {
            commands.add("{\"id\":" + (i + 2) + ",\"subscribe\":{\"channel\":\"" + topics.get(i) + "\""
                    + (cursor == null ? "" : recovery(cursor)) + "}}");
        }
        return commands;
    }

    private static String recovery(String cursor) {
        int colon = cursor.indexOf(':');
        return ",\"recover\":true,\"offset\":" + cursor.substring(0, colon) + ",\"epoch\":\""
                + cursor.substring(colon + 1) + "\"";
    }

    @Override
    public boolean subscribedByHead() {
        return false;
    }

    @Override
    public Control control(String text) {
        int subscribed = 0;
        String answer = null;
        // One frame may hold several replies, a line each.
        for (String line : text.split("\n")) {
            if (line.equals("{}")) {
                answer = "{}";
            } else if (line.contains("\"error\":{") || line.contains("\"disconnect\":{")) {
                return Control.refused("the server sent " + Texts.shortened(line));
            } else if (line.contains("\"subscribe\":{")) {
                if (line.contains("\"was_recovering\":true") && !line.contains("\"recovered\":true")) {
                    return Control.refused("the server could not recover: " + Texts.shortened(line));
                }
                subscribed++;
            }
        }
        return new Control(subscribed, null, answer);
    }

    @Override
    public Publishing publishing() {
        return this;
    }

    @Override
    public String head(String topic, boolean batch) {
        return (batch ? "POST /api/batch" : "POST /api/publish") + " HTTP/1.1\r\nContent-Type: application/json\r\n"
                + apiKey;
    }

    @Override
    public String body(String topic, List<String> data, boolean batch) {
        if (!batch) {
            return request(topic, data.getFirst());
        }
        StringBuilder commands = new StringBuilder("{\"commands\":[");
        for (String each : data) {
            commands.append("{\"publish\":").append(request(topic, each)).append("},");
        }
        commands.setLength(commands.length() - 1);
        return commands.append("]}").toString();
    }

    private static String request(String topic, String data) {
        return "{\"channel\":\"" + topic + "\",\"data\":" + data + "}";
    }

    @Override
    public int accepted(int status, String body) {
        if (status / 100 != 2) {
            return 0;
        }
        return body.contains("\"replies\":") ? Texts.count(body, "\"publish\":{") : Texts.count(body, "\"result\":{");
    }

    @Override
    public @Nullable String cursor(String body) {
        long offset = Texts.number(body, "offset");
        String epoch = Texts.string(body, "epoch");
        return offset < 0 || epoch == null ? null : offset + ":" + epoch;
    }
}
