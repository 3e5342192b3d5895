package dev.sandpiper.bench.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Any server that streams {@code text/event-stream} from one path and takes what is to be sent at another. No resuming, no batches. */
final class PlainSse implements Protocol, Protocol.Publishing {
    private static final String TOPIC = "{topic}";

    private final String path;
    private final String publishPath;
    private final String credential;

    PlainSse(String path, String publishPath, String credential) {
        this.path = path;
        this.publishPath = publishPath;
        this.credential = credential;
    }

    @Override
    public Framing framing() {
        return Framing.SERVER_SENT_EVENTS;
    }

    @Override
    public String opening(List<String> topics, @Nullable String cursor) {
        return "GET " + path.replace(TOPIC, topics.getFirst()) + " HTTP/1.1\r\nAccept: text/event-stream\r\n"
                + credential;
    }

    @Override
    public List<String> subscribing(List<String> topics, @Nullable String cursor) {
        return List.of();
    }

    @Override
    public boolean subscribedByHead() {
        return true;
    }

    @Override
    public Control control(String text) {
        return Control.NONE;
    }

    @Override
    public @Nullable Publishing publishing() {
        return publishPath.isEmpty() ? null : this;
    }

    @Override
    public String head(String topic, boolean batch) {
        return "POST " + publishPath.replace(TOPIC, topic) + " HTTP/1.1\r\nContent-Type: application/json\r\n"
                + credential;
    }

    @Override
    public String body(String topic, List<String> data, boolean batch) {
        return data.getFirst();
    }

    @Override
    public int accepted(int status, String body) {
        return status / 100 == 2 ? 1 : 0;
    }

    @Override
    public @Nullable String cursor(String body) {
        return null;
    }
}
