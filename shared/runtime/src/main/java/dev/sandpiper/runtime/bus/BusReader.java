package dev.sandpiper.runtime.bus;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a {@link BusWriter} wrote. Throws {@link IndexOutOfBoundsException} or {@link IllegalArgumentException} when the
 * message is cut short or damaged, which {@link VersionedCodec} turns into a refusal.
 */
public final class BusReader {
    static final int ABSENT = -1;

    private final Buffer in;
    private int position;

    BusReader(Buffer in, int position) {
        this.in = in;
        this.position = position;
    }

    public int getByte() {
        return in.getByte(position++) & 0xff;
    }

    public boolean getBoolean() {
        return getByte() != 0;
    }

    public int getInt() {
        int value = in.getInt(position);
        position += Integer.BYTES;
        return value;
    }

    public long getLong() {
        long value = in.getLong(position);
        position += Long.BYTES;
        return value;
    }

    public byte[] getBytes() {
        return bytes(getInt());
    }

    public String getString() {
        return new String(getBytes(), StandardCharsets.UTF_8);
    }

    public @Nullable String getOptional() {
        int length = getInt();
        return length == ABSENT ? null : new String(bytes(length), StandardCharsets.UTF_8);
    }

    private byte[] bytes(int length) {
        if (length < 0 || length > in.length() - position) {
            throw new IllegalArgumentException("a field of " + length + " bytes does not fit into the message");
        }
        byte[] value = in.getBytes(position, position + length);
        position += length;
        return value;
    }
}
