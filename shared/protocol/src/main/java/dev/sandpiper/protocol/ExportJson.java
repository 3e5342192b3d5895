package dev.sandpiper.protocol;

/** The lines of an export: frames, each on a line of its own, as they would come on a socket. */
public final class ExportJson {
    private ExportJson() {}

    /**
     * @param message as {@link EventEncoders#json} makes it. Line breaks in it can only stand between the tokens of its JSON, so they
     *     become spaces
     */
    public static byte[] line(byte[] message) {
        byte[] line = new byte[message.length + 1];
        for (int i = 0; i < message.length; i++) {
            byte b = message[i];
            line[i] = b == '\n' || b == '\r' ? (byte) ' ' : b;
        }
        line[message.length] = '\n';
        return line;
    }

    /**
     * Events are missing here.
     *
     * @param reason as in a {@code subscribed} frame
     * @param cursor with what comes after it the export goes on
     */
    public static byte[] gap(String reason, String cursor) {
        return line(new JsonBytes(96)
                .beginObject()
                .name("type")
                .string("gap")
                .name("reason")
                .string(reason)
                .name("cursor")
                .string(cursor)
                .endObject()
                .toByteArray());
    }

    /** Everything up to here was looked at. */
    public static byte[] position(String cursor) {
        return line(ServerFrames.position(null, cursor));
    }

    /** The export is whole; what comes later follows this cursor. */
    public static byte[] end(String cursor) {
        return line(ServerFrames.end(null, cursor));
    }
}
