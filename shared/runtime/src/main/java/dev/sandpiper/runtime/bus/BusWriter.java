package dev.sandpiper.runtime.bus;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Writes the fields of a bus message one after the other; {@link BusReader} reads them in the same order. */
public final class BusWriter {
    private final Buffer out;

    BusWriter(Buffer out) {
        this.out = out;
    }

    public BusWriter putByte(int value) {
        out.appendByte((byte) value);
        return this;
    }

    public BusWriter putBoolean(boolean value) {
        return putByte(value ? 1 : 0);
    }

    public BusWriter putInt(int value) {
        out.appendInt(value);
        return this;
    }

    public BusWriter putLong(long value) {
        out.appendLong(value);
        return this;
    }

    public BusWriter putBytes(byte[] value) {
        out.appendInt(value.length);
        out.appendBytes(value);
        return this;
    }

    public BusWriter putString(String value) {
        return putBytes(value.getBytes(StandardCharsets.UTF_8));
    }

    public BusWriter putOptional(@Nullable String value) {
        if (value == null) {
            out.appendInt(BusReader.ABSENT);
            return this;
        }
        return putString(value);
    }
}
