package dev.sandpiper.protocol;

import dev.sandpiper.domain.PlatformError;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Writes server-sent events.
 *
 * @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">Server-sent events</a>
 */
public final class SseEvents {
    private static final byte[] COMMENT = ":\n\n".getBytes(StandardCharsets.US_ASCII);

    private SseEvents() {}

    /** Keeps proxies and clients from thinking that the connection is dead. Shared: do not modify. */
    public static byte[] comment() {
        return COMMENT;
    }

    /** After how long a client that was cut off connects again. */
    public static byte[] retry(Duration delay) {
        return ("retry: " + delay.toMillis() + "\n\n").getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * @param cursor what the client resumes after; null leaves its last one in force
     * @param type of the frame
     * @param json the frame
     */
    public static byte[] event(@Nullable String cursor, String type, byte[] json) {
        JsonBytes out = begin(cursor, type, json.length);
        int from = out.length();
        out.append(json, 0, json.length);
        return end(out, from);
    }

    /** The last event of a stream: an {@code error} frame, and after how long to come back when that is worth while. */
    public static byte[] farewell(PlatformError error) {
        var out = new JsonBytes(256);
        Duration retryAfter = ErrorMapping.of(error).retryAfter();
        if (retryAfter != null) {
            out.ascii("retry: ").ascii(Long.toString(retryAfter.toMillis())).ascii("\n");
        }
        byte[] frame = ServerFrames.error(null, error);
        return out.ascii("event: error\ndata: ")
                .append(frame, 0, frame.length)
                .ascii("\n\n")
                .toByteArray();
    }

    static JsonBytes begin(@Nullable String cursor, String type, int data) {
        var out = new JsonBytes(data + 96);
        if (cursor != null) {
            out.ascii("id: ").ascii(cursor).ascii("\n");
        }
        return out.ascii("event: ").ascii(type).ascii("\ndata: ");
    }

    /**
     * Ends the event whose data began at {@code from}. Line breaks in the data, which can only stand between the tokens of
     * its JSON, become spaces: the data stays one line.
     */
    static byte[] end(JsonBytes out, int from) {
        byte[] bytes = out.array();
        for (int i = from; i < out.length(); i++) {
            if (bytes[i] == '\n' || bytes[i] == '\r') {
                bytes[i] = ' ';
            }
        }
        return out.ascii("\n\n").toByteArray();
    }
}
