package dev.sandpiper.protocol;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Tells well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates) from other bytes. */
public final class Utf8 {
    private Utf8() {}

    public static boolean isWellFormed(byte[] bytes, int offset, int length) {
        int end = offset + length;
        int i = offset;
        while (i < end && bytes[i] >= 0) {
            i++;
        }
        return i == end || decodes(bytes, i, end - i);
    }

    private static boolean decodes(byte[] bytes, int offset, int length) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes, offset, length);
        CharBuffer out = CharBuffer.allocate(Math.min(length, 1_024));
        while (true) {
            var result = decoder.decode(in, out, true);
            if (result.isError()) {
                return false;
            }
            if (result.isUnderflow()) {
                return flushes(decoder, out.clear());
            }
            out.clear();
        }
    }

    private static boolean flushes(CharsetDecoder decoder, CharBuffer out) {
        try {
            var result = decoder.flush(out);
            if (result.isError()) {
                result.throwException();
            }
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
