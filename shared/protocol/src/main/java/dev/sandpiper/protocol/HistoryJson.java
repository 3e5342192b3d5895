package dev.sandpiper.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A page of history over REST. */
public final class HistoryJson {
    private static final int ENVELOPE = 128;

    private HistoryJson() {}

    /**
     * {@code {"messages":[…], "cursor", "more", "recovered", "reason"?, "oldest"?}}, which a long poll's answer is a part of.
     *
     * @param messages as {@link EventEncoders#json} makes them
     * @param cursor the {@code since} of the next page
     * @param unrecovered why the page does not continue from {@code since}; null when it does
     * @param oldest the oldest cursor that can be continued from; null when that is not known
     */
    public static byte[] encode(
            List<byte[]> messages, String cursor, boolean more, @Nullable String unrecovered, @Nullable String oldest) {
        int size = ENVELOPE;
        for (byte[] message : messages) {
            size += message.length + 1;
        }
        JsonBytes json = new JsonBytes(size).beginObject().name("messages").beginArray();
        for (byte[] message : messages) {
            json.raw(message);
        }
        return json.endArray()
                .name("cursor")
                .string(cursor)
                .name("more")
                .bool(more)
                .name("recovered")
                .bool(unrecovered == null)
                .optional("reason", unrecovered)
                .optional("oldest", oldest)
                .endObject()
                .toByteArray();
    }
}
