package dev.sandpiper.bench.wire;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /v1/ws}, see docs/reference/frames.md. */
final class SandpiperWebSocket implements Protocol {
    private final String opening;
    private final SandpiperPublishing publishing;

    /** @param credential a header line that ends in CR LF */
    SandpiperWebSocket(String credential) {
        this.opening = WebSocketFrames.upgrade("/v1/ws") + credential;
        this.publishing = new SandpiperPublishing(credential);
    }

    @Override
    public Framing framing() {
        return Framing.WEBSOCKET;
    }

    @Override
    public String opening(List<String> topics, @Nullable String cursor) {
        return opening;
    }

    @Override
    public List<String> subscribing(List<String> topics, @Nullable String cursor) {
        List<String> frames = new ArrayList<>(topics.size());
        for (String topic : topics) {
            frames.add("{\"type\":\"subscribe\",\"channel\":\"" + topic
                    + (cursor == null ? "\"}" : "\",\"since\":\"" + cursor + "\"}"));
        }
        return frames;
    }

    @Override
    public boolean subscribedByHead() {
        return false;
    }

    @Override
    public Control control(String text) {
        return frame(text, 1);
    }

    /** @param subscribed how many subscriptions a {@code subscribed} frame stands for */
    static Control frame(String text, int subscribed) {
        if (text.contains("{\"type\":\"subscribed\"")) {
            return text.contains("\"recovered\":false")
                    ? Control.refused("the server could not resume: " + Texts.shortened(text))
                    : Control.subscribed(subscribed);
        }
        return text.contains("{\"type\":\"error\"")
                ? Control.refused("the server sent " + Texts.shortened(text))
                : Control.NONE;
    }

    @Override
    public Publishing publishing() {
        return publishing;
    }
}
