package dev.sandpiper.runtime.nats;

import io.nats.client.impl.Headers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Outgoing headers that are written once, straight into their wire form. jnats' own keep two hash maps and a list per
 * entry and copy them all on every publish.
 */
final class EncodedHeaders extends Headers {
    private static final byte[] VERSION = "NATS/1.0\r\n".getBytes(StandardCharsets.US_ASCII);

    private byte[] bytes;
    private int length;

    EncodedHeaders() {
        super(null, true);
        bytes = Arrays.copyOf(VERSION, 192);
        length = VERSION.length;
    }

    /** @param value ASCII without line breaks */
    @SuppressWarnings(
            "deprecation") // String.getBytes(int, int, byte[], int) copies ASCII without an intermediate array
    EncodedHeaders with(byte[] nameAndColon, String value) {
        int needed = length + nameAndColon.length + value.length() + 4;
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(needed, bytes.length * 2));
        }
        System.arraycopy(nameAndColon, 0, bytes, length, nameAndColon.length);
        length += nameAndColon.length;
        value.getBytes(0, value.length(), bytes, length);
        length += value.length();
        bytes[length++] = '\r';
        bytes[length++] = '\n';
        return this;
    }

    @Override
    public boolean isEmpty() {
        return false;
    }

    @Override
    public boolean isReadOnly() {
        return true;
    }

    @Override
    public int serializedLength() {
        return length + 2;
    }

    @Override
    public int serializeToArray(int destPosition, byte[] dest) {
        System.arraycopy(bytes, 0, dest, destPosition, length);
        dest[destPosition + length] = '\r';
        dest[destPosition + length + 1] = '\n';
        return length + 2;
    }

    @Override
    public byte[] getSerialized() {
        byte[] serialized = new byte[length + 2];
        serializeToArray(0, serialized);
        return serialized;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EncodedHeaders that && Arrays.equals(getSerialized(), that.getSerialized());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(getSerialized());
    }
}
