package dev.sandpiper.retention.nats;

import io.nats.client.Message;
import io.nats.client.impl.Headers;
import java.nio.charset.StandardCharsets;

/**
 * How many bytes a message takes in a file store, as nats-server counts them in a stream's {@code bytes}: {@code
 * fileStoreMsgSizeRaw} in its {@code filestore.go}.
 */
final class RecordSize {
    /** What the server adds to a message whose payload it leaves out. */
    private static final String PAYLOAD_SIZE = "Nats-Msg-Size";

    private static final int RECORD = 30;
    private static final int HEADER_LENGTH = 4;
    /** A block of headers without any: the version and the empty line. */
    private static final int NO_HEADERS = "NATS/1.0\r\n\r\n".length();

    private RecordSize() {}

    /**
     * @param head as a consumer that delivers headers only has sent it
     * @throws IllegalArgumentException when it is none
     */
    static int of(Message head) {
        Headers headers = head.getHeaders();
        String size = headers == null ? null : headers.getFirst(PAYLOAD_SIZE);
        String replyTo = head.getReplyTo();
        if (size == null) {
            throw new IllegalArgumentException("a message with its payload");
        }
        long onTheWire = head.consumeByteCount()
                - head.getSubject().length()
                - (replyTo == null ? 0 : replyTo.length())
                - head.getData().length;
        int added = PAYLOAD_SIZE.length() + ": ".length() + size.length() + "\r\n".length();
        long own = onTheWire - added;
        long subject = head.getSubject().getBytes(StandardCharsets.UTF_8).length;
        long record = RECORD + subject + Long.parseLong(size);
        return Math.toIntExact(own <= NO_HEADERS ? record : record + HEADER_LENGTH + own);
    }
}
