package dev.sandpiper.launcher.client;

import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What comes from a WebSocket, as a bounded queue: when nobody takes, nothing more is read. */
final class SocketFrames implements WebSocket.Listener {
    private static final Frame END = new Frame("", new JsonObject());

    /** @param line the JSON text as it came, on one line */
    record Frame(String line, JsonObject json) {
        static Frame of(String text) {
            // Outside of strings, where alone they can stand, line breaks are but white space.
            return new Frame(text.replace('\n', ' ').replace('\r', ' '), new JsonObject(text));
        }
    }

    private final BlockingQueue<Frame> queue = new ArrayBlockingQueue<>(1_024);
    private final StringBuilder text = new StringBuilder();
    private final ByteArrayOutputStream binary = new ByteArrayOutputStream();
    private volatile int closeCode;
    private volatile String ending = "";

    /** The next frame; null when the connection has ended. */
    @Nullable
    Frame take() throws InterruptedException {
        Frame frame = queue.take();
        return frame.equals(END) ? null : frame;
    }

    /** Whether nothing waits to be taken. */
    boolean isEmpty() {
        return queue.isEmpty();
    }

    /** 0 when it broke without one. */
    int closeCode() {
        return closeCode;
    }

    /** Why the connection ended. */
    String ending() {
        return ending;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            put(Frame.of(text.toString()));
            text.setLength(0);
        }
        socket.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        binary.writeBytes(bytes);
        if (last) {
            put(textForm(ByteBuffer.wrap(binary.toByteArray())));
            binary.reset();
        }
        socket.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int statusCode, String reason) {
        closeCode = statusCode;
        ending = statusCode + (reason.isEmpty() ? "" : " " + reason);
        put(END);
        return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
        ending = String.valueOf(error.getMessage());
        put(END);
    }

    /** A binary frame as it would come where only text can go: the payload in base64. */
    private static Frame textForm(ByteBuffer frame) {
        byte[] header = new byte[frame.getInt()];
        frame.get(header);
        byte[] payload = new byte[frame.remaining()];
        frame.get(payload);
        return Frame.of(new JsonObject(new String(header, StandardCharsets.UTF_8))
                .put("data", Base64.getEncoder().encodeToString(payload))
                .put("encoding", "base64")
                .encode());
    }

    private void put(Frame frame) {
        try {
            queue.put(frame);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
