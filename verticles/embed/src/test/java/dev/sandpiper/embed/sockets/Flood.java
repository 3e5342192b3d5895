package dev.sandpiper.embed.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.embed.TestNode;
import io.netty.util.internal.PlatformDependent;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.IntStream;

/** Numbered events with ballast, published one after the other, whose end is announced by a last one. */
final class Flood implements AutoCloseable {
    private static final int END = -1;

    private final RawWebSocket publisher;
    private final String channel;
    private final String ballast;
    private final long memoryBefore = PlatformDependent.usedDirectMemory();
    private long memory;
    private int published;

    Flood(TestNode node, String key, String channel, int bytes) {
        this.publisher = RawWebSocket.connect(node.ws(), key);
        this.channel = channel;
        this.ballast = "x".repeat(bytes);
    }

    void publish(int count) {
        for (int i = 0; i < count; i++) {
            publish(channel, published++);
        }
        memory = Math.max(memory, PlatformDependent.usedDirectMemory() - memoryBefore);
    }

    void end() {
        publish(channel, END);
    }

    /** The most direct memory that Netty used beyond what it did before. */
    long memory() {
        return memory;
    }

    List<Integer> numbers() {
        return IntStream.range(0, published).boxed().toList();
    }

    private void publish(String where, int number) {
        JsonObject answer = publisher.ask(
                new JsonObject().put("type", "message").put("channel", where).put("data", number + " " + ballast));
        assertThat(answer.getString("type")).as(answer.encode()).isEqualTo("published");
    }

    /** Of a frame that one of these events came in. */
    static int number(String frame) {
        int from = frame.indexOf("\"data\":\"") + 8;
        return Integer.parseInt(frame, from, frame.indexOf(' ', from), 10);
    }

    static boolean isEnd(int number) {
        return number == END;
    }

    @Override
    public void close() {
        publisher.close();
    }
}
