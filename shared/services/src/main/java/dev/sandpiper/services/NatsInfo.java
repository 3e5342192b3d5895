package dev.sandpiper.services;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * What a nats-server says of itself when one connects.
 *
 * @param version such as {@code 2.15.2}
 * @param jetStream whether it stores messages
 */
public record NatsInfo(String version, boolean jetStream) {
    private static final JsonFactory JSON = new JsonFactory();

    /** @throws IOException when nothing answers there in time, or not like a nats-server */
    public static NatsInfo ask(String host, int port, Duration limit) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), (int) limit.toMillis());
            socket.setSoTimeout((int) limit.toMillis());
            BufferedReader reader =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            String line = reader.readLine();
            if (line == null || !line.startsWith("INFO ")) {
                throw new IOException("What listens on port " + port + " of " + host + " is not a nats-server");
            }
            return parse(line.substring(5));
        }
    }

    private static NatsInfo parse(String json) throws IOException {
        String version = "";
        boolean jetStream = false;
        try (JsonParser parser = JSON.createParser(json)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                JsonToken value = parser.nextToken();
                if ("version".equals(field)) {
                    version = parser.getText();
                } else if ("jetstream".equals(field)) {
                    jetStream = value == JsonToken.VALUE_TRUE;
                } else {
                    parser.skipChildren();
                }
            }
        }
        return new NatsInfo(version, jetStream);
    }
}
