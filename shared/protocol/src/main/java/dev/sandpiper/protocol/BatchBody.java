package dev.sandpiper.protocol;

import com.fasterxml.jackson.core.JsonToken;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.RequestError;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads many events: a JSON array, or one JSON object a line (NDJSON, where empty lines are passed over). What is wrong
 * with one event concerns that event only. JSON that is broken concerns the whole array, but only its own line.
 */
public final class BatchBody {
    public static final int MAX_ITEMS = 1_000;

    private final PayloadLimit limit;
    private final List<BatchItem> items = new ArrayList<>();

    private BatchBody(PayloadLimit limit) {
        this.limit = limit;
    }

    /**
     * @param limit of each element's payload
     * @throws PlatformException when it is no array, broken, empty, or has more than {@value #MAX_ITEMS} elements
     */
    public static List<BatchItem> parseArray(byte[] bytes, int offset, int length, PayloadLimit limit) {
        var batch = new BatchBody(limit);
        try (StrictJson json = StrictJson.read(bytes, offset, length)) {
            if (json.first() != JsonToken.START_ARRAY) {
                throw new PlatformException(new RequestError.InvalidRequest("A batch is a JSON array of events"));
            }
            for (JsonToken first = json.next(); first != JsonToken.END_ARRAY; first = json.next()) {
                batch.element(json, first);
            }
            json.end();
        }
        return batch.items();
    }

    /**
     * @param limit of each line's payload
     * @throws PlatformException when there is no line or more than {@value #MAX_ITEMS}
     */
    public static List<BatchItem> parseLines(byte[] bytes, int offset, int length, PayloadLimit limit) {
        var batch = new BatchBody(limit);
        int end = offset + length;
        int from = offset;
        for (int i = offset; i <= end; i++) {
            if (i == end || bytes[i] == '\n') {
                batch.line(bytes, from, i - from);
                from = i + 1;
            }
        }
        return batch.items();
    }

    private void element(StrictJson json, @Nullable JsonToken first) {
        requireRoom();
        var members = new PublishMembers();
        members.read(json, first);
        try {
            add(members.body());
        } catch (PlatformException e) {
            items.add(new BatchItem.Refused(e.error()));
        }
    }

    private void line(byte[] bytes, int from, int length) {
        if (isBlank(bytes, from, length)) {
            return;
        }
        requireRoom();
        try {
            add(PublishBody.parse(bytes, from, length));
        } catch (PlatformException e) {
            items.add(new BatchItem.Refused(e.error()));
        }
    }

    private void add(PublishBody body) {
        limit.check(body.data());
        items.add(new BatchItem.Event(body));
    }

    private static boolean isBlank(byte[] bytes, int from, int length) {
        for (int i = from; i < from + length; i++) {
            if (bytes[i] != ' ' && bytes[i] != '\t' && bytes[i] != '\r') {
                return false;
            }
        }
        return true;
    }

    private void requireRoom() {
        if (items.size() == MAX_ITEMS) {
            throw new PlatformException(
                    new RequestError.InvalidParameter("events", "must be at most " + MAX_ITEMS + " in one batch"));
        }
    }

    private List<BatchItem> items() {
        if (items.isEmpty()) {
            throw new PlatformException(new RequestError.InvalidParameter("events", "must be at least one"));
        }
        return items;
    }
}
