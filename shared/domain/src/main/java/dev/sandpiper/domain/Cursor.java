package dev.sandpiper.domain;

/**
 * A position in the event stream. Everything at or before it is behind the reader.
 *
 * @param epoch which incarnation of the stream; a stream that was deleted and made anew has another
 * @param sequence the JetStream sequence last seen, 0 for the very beginning
 */
public record Cursor(int epoch, long sequence) {
    public Cursor {
        if (sequence < 0) {
            throw new IllegalArgumentException("a sequence is not negative");
        }
    }
}
