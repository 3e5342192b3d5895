package dev.sandpiper.bench.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code POST /v1/events}, and {@code /v1/events/batch} as NDJSON. Accepted is what came back with a cursor. */
final class SandpiperPublishing implements Protocol.Publishing {
    private final String credential;

    SandpiperPublishing(String credential) {
        this.credential = credential;
    }

    @Override
    public String head(String topic, boolean batch) {
        return (batch
                        ? "POST /v1/events/batch HTTP/1.1\r\nContent-Type: application/x-ndjson"
                        : "POST /v1/events HTTP/1.1\r\nContent-Type: application/json")
                + "\r\n" + credential;
    }

    @Override
    public String body(String topic, List<String> data, boolean batch) {
        StringBuilder body = new StringBuilder();
        for (String each : data) {
            body.append("{\"topic\":\"")
                    .append(topic)
                    .append("\",\"data\":")
                    .append(each)
                    .append('}');
            if (batch) {
                body.append('\n');
            }
        }
        return body.toString();
    }

    @Override
    public int accepted(int status, String body) {
        return status / 100 == 2 ? Texts.count(body, "\"cursor\":\"") : 0;
    }

    @Override
    public @Nullable String cursor(String body) {
        return Texts.string(body, "cursor");
    }
}
