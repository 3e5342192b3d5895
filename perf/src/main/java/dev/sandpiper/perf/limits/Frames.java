package dev.sandpiper.perf.limits;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a client of the protocol expects to hear, as long as the real thing, with ids and cursors that only count. */
final class Frames {
    static final String CONNECTED =
            "{\"type\":\"connected\",\"connection\":\"c-1\",\"version\":1,\"ping_interval\":25,\"max_message\":131072}";

    private static final int SHORT = 125;

    private Frames() {}

    static String id(long number) {
        return String.format(Locale.ROOT, "%026d", number);
    }

    static String cursor(long number) {
        return String.format(Locale.ROOT, "%028d", number);
    }

    static String subscribed(String topic, @Nullable String id) {
        String echo = id == null ? "" : "\"id\":\"" + id + "\",";
        return "{\"type\":\"subscribed\"," + echo + "\"channel\":\"" + topic + "\",\"cursor\":\"" + cursor(0)
                + "\",\"recovered\":true}";
    }

    /** @param data JSON */
    static String message(String topic, String data, String id, long number) {
        return "{\"type\":\"message\",\"channel\":\"" + topic + "\",\"event\":\"message\",\"data\":" + data
                + ",\"id\":\"" + id + "\",\"cursor\":\"" + cursor(number)
                + "\",\"timestamp\":\"2026-01-25T09:00:00.000Z\"}";
    }

    /** A WebSocket text frame; at most 65,535 bytes. */
    static ByteBuf text(String json) {
        byte[] utf8 = json.getBytes(StandardCharsets.UTF_8);
        ByteBuf frame = buffer(utf8.length + 4).writeByte(0x81);
        if (utf8.length <= SHORT) {
            frame.writeByte(utf8.length);
        } else {
            frame.writeByte(SHORT + 1).writeShort(utf8.length);
        }
        return frame.writeBytes(utf8);
    }

    /** A server-sent event. */
    static ByteBuf event(String type, String json) {
        return ascii("id: " + cursor(0) + "\nevent: " + type + "\ndata: " + json + "\n\n");
    }

    static ByteBuf ascii(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return buffer(bytes.length).writeBytes(bytes);
    }

    private static ByteBuf buffer(int bytes) {
        return PooledByteBufAllocator.DEFAULT.directBuffer(bytes);
    }
}
