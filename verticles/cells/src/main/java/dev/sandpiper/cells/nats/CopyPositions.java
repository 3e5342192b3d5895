package dev.sandpiper.cells.nats;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.nats.EventCodec;
import dev.sandpiper.runtime.nats.EventStore;
import dev.sandpiper.runtime.nats.StreamMessage;
import io.nats.client.impl.Headers;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds positions among a tenant's copies. They lie in the order in which the events were stored first, so each position is found by
 * halving; each half costs a question to the stream's leader.
 */
public final class CopyPositions {
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private final EventStore store;
    private final TenantId tenant;
    private final List<Passage> passages;
    private final Instant arrivedAt;

    /**
     * @param passages of the tenant, the first one first; not empty, and the last one brought it here
     * @param arrivedAt when that was
     */
    public CopyPositions(EventStore store, TenantId tenant, List<Passage> passages, Instant arrivedAt) {
        this.store = store;
        this.tenant = tenant;
        this.passages = List.copyOf(passages);
        this.arrivedAt = arrivedAt;
    }

    /**
     * Where to go on with a cursor. The cursor itself when it is one of this stay, or when nobody can tell: then it is answered as one of
     * another stream. Completes on the caller's context; fails with {@code EVENT_STORE_UNAVAILABLE}.
     */
    public Future<Cursor> of(Cursor cursor) {
        Passage arrival = passages.getLast();
        if (cursor.epoch() == store.epoch() && cursor.sequence() >= arrival.first()) {
            return Future.succeededFuture(cursor);
        }
        int departure = departure(cursor);
        if (departure < 0 || cursor.sequence() < passages.get(departure).sourceTrimmed()) {
            return Future.succeededFuture(cursor);
        }
        boolean latest = isReturned(cursor, departure);
        return last(arrival, headers -> Origins.of(headers).in(cursor.epoch(), latest) <= cursor.sequence())
                .map(found -> isComplete(found, departure)
                        ? new Cursor(store.epoch(), found == null ? arrival.first() : found.sequence())
                        : cursor);
    }

    /** The last position before a time; -1 when that is after the tenant came here, and the stream itself knows. */
    public Future<Long> before(Instant time) {
        if (!time.isBefore(arrivedAt)) {
            return Future.succeededFuture(-1L);
        }
        Passage arrival = passages.getLast();
        return last(arrival, headers -> {
                    String stored = headers == null ? null : headers.getFirst(EventCodec.STORED_AT);
                    return stored != null && Instant.parse(stored).isBefore(time);
                })
                .map(found -> found == null ? arrival.first() : found.sequence());
    }

    /** By which move the tenant left the stream in which it got this cursor, -1 for none. */
    private int departure(Cursor cursor) {
        int found = -1;
        for (int i = 0; i < passages.size(); i++) {
            boolean later = i > 0
                    && passages.get(i - 1).targetEpoch() == cursor.epoch()
                    && cursor.sequence() >= passages.get(i - 1).first();
            if (passages.get(i).sourceEpoch() == cursor.epoch() && (found < 0 || later)) {
                found = i;
            }
        }
        return found;
    }

    /** Whether the cursor is of a stay in a stream where the tenant had been before. */
    private boolean isReturned(Cursor cursor, int departure) {
        for (int i = 0; i < departure; i++) {
            if (passages.get(i).sourceEpoch() == cursor.epoch()) {
                return true;
            }
        }
        return false;
    }

    /** Whether nothing after the position had gone from a stream in which the tenant was in between. */
    private boolean isComplete(@Nullable StreamMessage found, int departure) {
        for (int i = departure + 1; i < passages.size(); i++) {
            Passage passage = passages.get(i);
            long position = found == null
                    ? passages.get(i - 1).first()
                    : Origins.of(found.headers()).in(passage.sourceEpoch(), true);
            if (position < passage.sourceTrimmed()) {
                return false;
            }
        }
        return true;
    }

    /** The last copy that passes; those before it do, and those after it do not. Null for none. */
    private Future<@Nullable StreamMessage> last(Passage passage, Predicate<@Nullable Headers> passes) {
        return search(passage.first() + 1, passage.last(), null, passes);
    }

    private Future<@Nullable StreamMessage> search(
            long low, long high, @Nullable StreamMessage best, Predicate<@Nullable Headers> passes) {
        if (low > high) {
            return Future.succeededFuture(best);
        }
        long middle = low + (high - low) / 2;
        String question = JsonNodeFactory.instance
                .objectNode()
                .put("seq", middle)
                .put("next_by_subj", store.subjects().storedOf(tenant))
                .toString();
        return store.api()
                .message(store.subjects().stream(), question, TIMEOUT)
                .compose(found -> found != null && found.sequence() <= high && passes.test(found.headers())
                        ? search(found.sequence() + 1, high, found, passes)
                        : search(low, middle - 1, best, passes));
    }
}
