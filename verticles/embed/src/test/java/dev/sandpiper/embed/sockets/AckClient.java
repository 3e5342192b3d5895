package dev.sandpiper.embed.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.sockets.RawWebSocket.Frame;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One connection whose only subscription acknowledges. */
final class AckClient implements AutoCloseable {
    private final RawWebSocket socket;
    private final String channel;
    private int pings;

    AckClient(TestNode node, String key, String channel) {
        this.socket = RawWebSocket.connect(node.ws(), key);
        this.channel = channel;
    }

    /** @param more members of the frame */
    JsonObject subscribe(@Nullable String subscriber, JsonObject more) {
        var frame = new JsonObject()
                .put("type", "subscribe")
                .put("channel", channel)
                .put("ack", true);
        if (subscriber != null) {
            frame.put("subscriber", subscriber);
        }
        return socket.ask(frame.mergeIn(more));
    }

    JsonObject resume(String subscriber) {
        return subscribe(subscriber, new JsonObject());
    }

    /** The next events, so many. */
    List<JsonObject> take(int count) {
        List<JsonObject> events = new ArrayList<>();
        while (events.size() < count) {
            JsonObject frame = socket.next();
            assertThat(frame.getString("type")).as(frame.encode()).isEqualTo("message");
            events.add(frame);
        }
        return events;
    }

    List<Integer> numbers(int count) {
        return take(count).stream().map(event -> event.getInteger("data")).toList();
    }

    AckClient ack(String cursor) {
        socket.text(new JsonObject()
                .put("type", "ack")
                .put("channel", channel)
                .put("cursor", cursor)
                .encode());
        return this;
    }

    JsonObject next() {
        return socket.next();
    }

    /** Whether what was said before is done, and nothing came for it. */
    boolean isQuiet() {
        String id = "q" + pings++;
        JsonObject answer = socket.ask(new JsonObject().put("type", "ping").put("id", id));
        return id.equals(answer.getString("id"));
    }

    /** In order, so that the server has done all that was said before. */
    @Override
    public void close() {
        socket.frame(true, RawWebSocket.CLOSE, new byte[0]);
        Frame answer = socket.closing();
        assertThat(answer.opcode()).isEqualTo(RawWebSocket.CLOSE);
        socket.close();
    }
}
