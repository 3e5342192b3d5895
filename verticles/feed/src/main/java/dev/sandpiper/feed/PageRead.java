package dev.sandpiper.feed;

import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.runtime.nats.EventCodec;
import dev.sandpiper.runtime.nats.Subjects;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One page on its way: the question, and the answers so far. Filled by the reader's dispatcher thread alone. */
final class PageRead {
    private static final Logger log = LoggerFactory.getLogger(PageRead.class);

    final Source source;
    final StoreReader.Purpose purpose;
    final Promise<Page> promise = Promise.promise();
    private final int epoch;
    private final long after;
    private final int limit;
    private final List<StoredEvent> events = new ArrayList<>();
    private boolean anchored;
    private long widening = 1;
    private long seen;
    long deadline;

    PageRead(Source source, int epoch, long after, int limit, StoreReader.Purpose purpose) {
        this.source = source;
        this.epoch = epoch;
        this.after = after;
        this.seen = after;
        this.limit = limit;
        this.purpose = purpose;
    }

    /** Asks from {@code after} itself, see {@link Page#anchored}. */
    byte[] question(int maxBytes) {
        return ("{\"seq\":" + Math.max(1, after) + ",\"next_by_subj\":\"" + escape(source.subject()) + "\",\"batch\":"
                        + (limit + 1) + ",\"max_bytes\":" + Math.min(Integer.MAX_VALUE, maxBytes * widening) + "}")
                .getBytes(StandardCharsets.UTF_8);
    }

    void add(Message message, EventCodec codec) {
        long sequence = EventCodec.sequence(message);
        if (sequence <= after) {
            anchored = true;
            return;
        }
        seen = Math.max(seen, sequence);
        try {
            events.add(decode(message, codec));
        } catch (IllegalArgumentException e) {
            log.atWarn()
                    .addKeyValue("subject", source.subject())
                    .addKeyValue("sequence", sequence)
                    .setCause(e)
                    .log("Skipping a stored message that is no event");
        }
    }

    private StoredEvent decode(Message message, EventCodec codec) {
        Subjects.Address known = source.address();
        return known == null ? codec.decode(message, epoch) : codec.decode(message, known, epoch);
    }

    int count() {
        return events.size();
    }

    /**
     * Takes the end of the answer.
     *
     * @return false when the event at {@code after} alone was as large as a page, so that the question must be put again
     */
    boolean finish(Message end) {
        Headers headers = end.getHeaders();
        String pending = headers == null ? null : headers.getFirst("Nats-Num-Pending");
        long left = pending == null ? 0 : Long.parseLong(pending);
        if (left > 0 && seen == after) {
            widening *= 8;
            return false;
        }
        promise.tryComplete(new Page(after, events, seen, anchored, left == 0, left));
        return true;
    }

    void fail(Throwable error) {
        promise.tryFail(error);
    }

    static String escape(String text) {
        return text.indexOf('"') < 0 && text.indexOf('\\') < 0
                ? text
                : text.replace("\\", "\\\\").replace("\"", "\\\"");
    }
}
