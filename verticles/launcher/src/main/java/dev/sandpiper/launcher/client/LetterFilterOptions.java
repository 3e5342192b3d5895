package dev.sandpiper.launcher.client;

import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which dead letters are meant. */
final class LetterFilterOptions {
    @Option(names = "--consumer", paramLabel = "NAME", description = "Only those of one consumer.")
    private @Nullable String consumer;

    @Option(names = "--topic", paramLabel = "TOPIC", description = "Only those of events of one topic.")
    private @Nullable String topic;

    @Option(
            names = "--from",
            paramLabel = "TIME",
            description = "Only those made then or later, such as 2027-01-31T00:00:00Z.")
    private @Nullable String from;

    @Option(names = "--until", paramLabel = "TIME", description = "Only those made before.")
    private @Nullable String until;

    boolean isEmpty() {
        return given().isEmpty();
    }

    /** As members of a body. */
    JsonObject body() {
        var body = new JsonObject();
        given().forEach(body::put);
        return body;
    }

    /** As parameters of a query, each with an ampersand before it. */
    String query() {
        var query = new StringBuilder();
        given().forEach((name, value) ->
                query.append('&').append(name).append('=').append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
        return query.toString();
    }

    private Map<String, String> given() {
        Map<String, String> given = new LinkedHashMap<>();
        put(given, "consumer", consumer);
        put(given, "topic", topic);
        put(given, "from", from);
        put(given, "until", until);
        return given;
    }

    private static void put(Map<String, String> given, String name, @Nullable String value) {
        if (value != null) {
            given.put(name, value);
        }
    }
}
