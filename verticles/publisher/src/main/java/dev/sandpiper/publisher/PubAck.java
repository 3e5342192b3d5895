package dev.sandpiper.publisher;

import java.nio.charset.StandardCharsets;

/**
 * Reads JetStream's acknowledgements, such as {@code {"stream":"EVENTS","seq":2,"duplicate":true}}, without a parser: it is
 * done once per event, and the server writes them in one form.
 */
final class PubAck {
    /** No acknowledgement but an error, or nothing that we know. */
    static final long NOT_STORED = 0;

    private static final byte[] SEQUENCE = ascii("\"seq\":");
    private static final byte[] DUPLICATE = ascii("\"duplicate\":");
    private static final byte[] ERROR = ascii("\"error\":");

    private PubAck() {}

    /** The sequence, negative for a duplicate, or {@link #NOT_STORED}. */
    static long sequence(byte[] ack) {
        int at = after(ack, SEQUENCE, 0);
        if (at < 0 || after(ack, ERROR, 0) >= 0) {
            return NOT_STORED;
        }
        long sequence = 0;
        int i = at;
        while (i < ack.length && ack[i] >= '0' && ack[i] <= '9') {
            sequence = sequence * 10 + (ack[i++] - '0');
        }
        int duplicate = after(ack, DUPLICATE, i);
        return duplicate >= 0 && isTrue(ack, duplicate) ? -sequence : sequence;
    }

    private static boolean isTrue(byte[] ack, int from) {
        int i = from;
        while (i < ack.length && ack[i] == ' ') {
            i++;
        }
        return i < ack.length && ack[i] == 't';
    }

    private static int after(byte[] text, byte[] word, int from) {
        for (int i = from; i <= text.length - word.length; i++) {
            if (text[i] == '"' && matches(text, i, word)) {
                return i + word.length;
            }
        }
        return -1;
    }

    private static boolean matches(byte[] text, int at, byte[] word) {
        for (int i = 1; i < word.length; i++) {
            if (text[at + i] != word[i]) {
                return false;
            }
        }
        return true;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
