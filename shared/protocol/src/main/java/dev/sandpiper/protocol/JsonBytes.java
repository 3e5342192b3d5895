package dev.sandpiper.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON text straight into a growing byte array. Members are named by string constants of ours, which need no
 * escaping; values are escaped. What is written is well-formed UTF-8 whatever the strings hold: an unpaired surrogate
 * becomes its {@code \\u} escape.
 *
 * <p>The writer puts the commas; that brackets match is up to the caller. Not safe for use by several threads.
 */
public final class JsonBytes {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

    private byte[] bytes;
    private int length;
    private boolean comma;

    /** @param capacity in bytes, a guess at the size */
    public JsonBytes(int capacity) {
        bytes = new byte[Math.max(capacity, 32)];
    }

    public JsonBytes beginObject() {
        return open('{');
    }

    public JsonBytes endObject() {
        return close('}');
    }

    public JsonBytes beginArray() {
        return open('[');
    }

    public JsonBytes endArray() {
        return close(']');
    }

    /** The name of the next value; ASCII without anything to escape. */
    public JsonBytes name(String name) {
        separate();
        put('"');
        ascii(name);
        put('"');
        put(':');
        comma = false;
        return this;
    }

    public JsonBytes string(String value) {
        separate();
        put('"');
        escaped(value);
        put('"');
        comma = true;
        return this;
    }

    public JsonBytes number(long value) {
        separate();
        ascii(Long.toString(value));
        comma = true;
        return this;
    }

    public JsonBytes bool(boolean value) {
        return raw(value ? TRUE : FALSE);
    }

    public JsonBytes nil() {
        return raw(NULL);
    }

    /** A value that is JSON already, copied as it is. */
    public JsonBytes raw(byte[] json) {
        separate();
        append(json, 0, json.length);
        comma = true;
        return this;
    }

    /** Bytes as a string in base64 (RFC 4648, section 4, padded). */
    public JsonBytes base64(byte[] value) {
        separate();
        put('"');
        byte[] text = Base64.getEncoder().encode(value);
        append(text, 0, text.length);
        put('"');
        comma = true;
        return this;
    }

    /** Seconds with three decimals at most, such as {@code 1.5}. */
    public JsonBytes seconds(long millis) {
        separate();
        ascii(Long.toString(millis / 1_000));
        int rest = (int) (millis % 1_000);
        if (rest > 0) {
            String digits = Integer.toString(1_000 + rest).substring(1);
            int end = digits.length();
            while (digits.charAt(end - 1) == '0') {
                end--;
            }
            put('.');
            ascii(digits.substring(0, end));
        }
        comma = true;
        return this;
    }

    /** {@code name} and {@code value}, or nothing at all when the value is null. */
    public JsonBytes optional(String name, @Nullable String value) {
        return value == null ? this : name(name).string(value);
    }

    public int length() {
        return length;
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }

    /** Text that is no JSON: the lines around it in another format. Does not touch the commas. */
    JsonBytes ascii(String text) {
        int count = text.length();
        ensure(count);
        for (int i = 0; i < count; i++) {
            bytes[length++] = (byte) text.charAt(i);
        }
        return this;
    }

    /** Leaves room for {@code count} bytes, to be filled in later. */
    JsonBytes reserve(int count) {
        ensure(count);
        length += count;
        return this;
    }

    JsonBytes append(byte[] source, int from, int count) {
        ensure(count);
        System.arraycopy(source, from, bytes, length, count);
        length += count;
        return this;
    }

    /** The array that is written to, until the next call that writes. */
    byte[] array() {
        return bytes;
    }

    private JsonBytes open(char bracket) {
        separate();
        put(bracket);
        comma = false;
        return this;
    }

    private JsonBytes close(char bracket) {
        put(bracket);
        comma = true;
        return this;
    }

    private void separate() {
        if (comma) {
            put(',');
        }
    }

    private void escaped(String value) {
        int count = value.length();
        for (int i = 0; i < count; i++) {
            char c = value.charAt(i);
            if (c >= 0x20 && c < 0x80) {
                if (c == '"' || c == '\\') {
                    put('\\');
                }
                put(c);
            } else if (c < 0x20) {
                control(c);
            } else if (c < 0x800) {
                put(0xc0 | (c >> 6));
                put(0x80 | (c & 0x3f));
            } else if (!Character.isSurrogate(c)) {
                put(0xe0 | (c >> 12));
                put(0x80 | ((c >> 6) & 0x3f));
                put(0x80 | (c & 0x3f));
            } else if (Character.isHighSurrogate(c) && i + 1 < count && Character.isLowSurrogate(value.charAt(i + 1))) {
                int point = Character.toCodePoint(c, value.charAt(++i));
                put(0xf0 | (point >> 18));
                put(0x80 | ((point >> 12) & 0x3f));
                put(0x80 | ((point >> 6) & 0x3f));
                put(0x80 | (point & 0x3f));
            } else {
                unicodeEscape(c);
            }
        }
    }

    private void control(char c) {
        switch (c) {
            case '\n' -> ascii("\\n");
            case '\r' -> ascii("\\r");
            case '\t' -> ascii("\\t");
            case '\b' -> ascii("\\b");
            case '\f' -> ascii("\\f");
            default -> unicodeEscape(c);
        }
    }

    private void unicodeEscape(char c) {
        ascii("\\u");
        put(HEX[c >> 12]);
        put(HEX[(c >> 8) & 15]);
        put(HEX[(c >> 4) & 15]);
        put(HEX[c & 15]);
    }

    private void put(int b) {
        if (length == bytes.length) {
            ensure(1);
        }
        bytes[length++] = (byte) b;
    }

    private void ensure(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(length, more)));
        }
    }
}
