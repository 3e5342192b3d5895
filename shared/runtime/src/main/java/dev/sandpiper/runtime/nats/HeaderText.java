package dev.sandpiper.runtime.nats;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Any text as a NATS header value: plain ASCII as it is, the rest percent-encoded UTF-8. */
public final class HeaderText {
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private HeaderText() {}

    public static String encode(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isPlain(text, i)) {
                return encodeSlowly(text);
            }
        }
        return text;
    }

    /** A blank at either end would be trimmed on the way; within, it stays readable. */
    private static boolean isPlain(String text, int i) {
        char c = text.charAt(i);
        return (c > 0x20 && c < 0x7f && c != '%') || (c == ' ' && i > 0 && i < text.length() - 1);
    }

    private static String encodeSlowly(String text) {
        var out = new StringBuilder(text.length() + 32);
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (b > 0x20 && b < 0x7f && b != '%') {
                out.append((char) b);
            } else {
                out.append('%').append(HEX.toHexDigits(b));
            }
        }
        return out.toString();
    }

    /** Lenient: what is not an escape stands for itself. */
    public static String decode(String value) {
        if (value.indexOf('%') < 0) {
            return value;
        }
        byte[] in = value.getBytes(StandardCharsets.ISO_8859_1);
        byte[] out = new byte[in.length];
        int n = 0;
        for (int i = 0; i < in.length; i++) {
            if (in[i] == '%'
                    && i + 2 < in.length
                    && HexFormat.isHexDigit(in[i + 1])
                    && HexFormat.isHexDigit(in[i + 2])) {
                out[n++] = (byte) HexFormat.fromHexDigits(value, i + 1, i + 3);
                i += 2;
            } else {
                out[n++] = in[i];
            }
        }
        return new String(out, 0, n, StandardCharsets.UTF_8);
    }
}
