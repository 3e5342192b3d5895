package dev.sandpiper.protocol;

import dev.sandpiper.domain.EventHeaders;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.RequestError;

/**
 * How large an event's payload may be, the same on every transport: the bound is on the payload, not on what it is wrapped
 * in.
 *
 * @param bytes of JSON text as it was sent, or of binary data once decoded
 */
public record PayloadLimit(int bytes) {
    /** What one byte of text may take in JSON: the escape of its code point. */
    private static final int ESCAPED = 6;

    /** Room for a topic, an event's name, a key, an id and headers, all of them escaped to the last character. */
    private static final int ENVELOPE = 8 * 1_024 + ESCAPED * EventHeaders.MAX_TOTAL;

    /** The largest document that an acceptable payload can stand in: as base64, in an envelope. */
    public int document() {
        return Math.toIntExact((bytes + 2L) / 3 * 4 + ENVELOPE);
    }

    /** @throws PlatformException {@code PAYLOAD_TOO_LARGE} */
    public void check(byte[] payload) {
        if (payload.length > bytes) {
            throw exceeded();
        }
    }

    public PlatformException exceeded() {
        return new PlatformException(new RequestError.PayloadTooLarge(bytes));
    }
}
