package dev.sandpiper.bench.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /v1/sse}: one stream for up to 100 topics. */
final class SandpiperSse implements Protocol {
    private final String credential;
    private final SandpiperPublishing publishing;

    /** @param credential a header line that ends in CR LF */
    SandpiperSse(String credential) {
        this.credential = credential;
        this.publishing = new SandpiperPublishing(credential);
    }

    @Override
    public Framing framing() {
        return Framing.SERVER_SENT_EVENTS;
    }

    @Override
    public String opening(List<String> topics, @Nullable String cursor) {
        return "GET /v1/sse?topics=" + String.join(",", topics) + (cursor == null ? "" : "&since=" + cursor)
                + " HTTP/1.1\r\nAccept: text/event-stream\r\n" + credential;
    }

    @Override
    public List<String> subscribing(List<String> topics, @Nullable String cursor) {
        return List.of();
    }

    @Override
    public boolean subscribedByHead() {
        return false;
    }

    @Override
    public Control control(String text) {
        return SandpiperWebSocket.frame(text, Control.ALL);
    }

    @Override
    public Publishing publishing() {
        return publishing;
    }
}
