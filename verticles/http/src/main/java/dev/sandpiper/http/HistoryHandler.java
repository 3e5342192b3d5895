package dev.sandpiper.http;

import static dev.sandpiper.http.HistoryQuery.invalid;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.CursorCodec;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.protocol.EventEncoders;
import dev.sandpiper.protocol.HistoryJson;
import dev.sandpiper.runtime.events.Feed;
import dev.sandpiper.runtime.events.FeedOpening;
import dev.sandpiper.runtime.events.HistoryPage;
import dev.sandpiper.runtime.events.HistoryRequest;
import dev.sandpiper.runtime.events.StartPosition;
import dev.sandpiper.runtime.events.UnrecoveredReason;
import dev.sandpiper.runtime.http.QueryParameters;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code GET /events?topic=&since=&from=&until=&last=&filter=&limit=&order=}: pages of the past. */
final class HistoryHandler implements Handler<Exchange> {
    private static final Set<String> PARAMETERS =
            Set.of("topic", "since", "from", "until", "last", "filter", "limit", "order");
    private static final int DEFAULT_LIMIT = 100;
    /** A page ends before it gets larger than this, so that an answer never holds much memory. */
    private static final long MAX_PAGE_BYTES = 4 << 20;

    private final Feed feed;
    private final CursorCodec cursors;
    private final FilterCompiler filters;
    private final EventEncoders encoders;

    HistoryHandler(Feed feed, CursorCodec cursors, FilterCompiler filters) {
        this.feed = feed;
        this.cursors = cursors;
        this.filters = filters;
        this.encoders = new EventEncoders(cursors);
    }

    @Override
    public void handle(Exchange exchange) {
        exchange.authenticate(Scope.EVENTS_SUBSCRIBE)
                .compose(principal -> page(exchange, principal))
                .onComplete(json -> exchange.answerJson(200, json), exchange::fail);
    }

    private Future<byte[]> page(Exchange exchange, Principal principal) {
        QueryParameters query = exchange.query();
        query.requireOnly(PARAMETERS);
        HistoryQuery asked = HistoryQuery.of(principal, query, cursors);
        boolean backward = isBackward(query.get("order"));
        int newest = number("last", query.get("last"), StartPosition.Newest.MAX, 0);
        if (newest > 0) {
            requireAlone(query);
            return filters.compile(exchange, asked.filter())
                    .compose(filter -> feed.history(asked.request(filter, true, newest)))
                    .map(page -> newest(principal, page));
        }
        int limit = number("limit", query.get("limit"), HistoryRequest.MAX_LIMIT, DEFAULT_LIMIT);
        return filters.compile(exchange, asked.filter())
                .compose(filter -> feed.history(asked.request(filter, backward, limit)))
                .map(page -> json(principal, page));
    }

    /** The newest events are counted from the end: what says where to begin, or how to count, contradicts that. */
    private static void requireAlone(QueryParameters query) {
        for (String other : List.of("since", "from", "limit", "order")) {
            if (query.get(other) != null) {
                throw invalid("last", "cannot be combined with " + other);
            }
        }
    }

    private static boolean isBackward(@Nullable String order) {
        if (order == null || order.equals("asc")) {
            return false;
        }
        if (order.equals("desc")) {
            return true;
        }
        throw invalid("order", "must be asc or desc");
    }

    private static int number(String parameter, @Nullable String text, int max, int fallback) {
        if (text == null) {
            return fallback;
        }
        boolean digits = text.length() <= 4 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        int number = digits ? Integer.parseInt(text) : 0;
        if (number < 1 || number > max) {
            throw invalid(parameter, "must be a whole number from 1 to " + max);
        }
        return number;
    }

    /** In the order of the stream; the cursor goes on from the newest. */
    private byte[] newest(Principal principal, HistoryPage page) {
        List<byte[]> messages = messages(page.events());
        Collections.reverse(messages);
        return encode(
                principal,
                messages,
                page.opening().cursor(),
                false,
                FeedOpening.at(page.opening().cursor()));
    }

    private byte[] json(Principal principal, HistoryPage page) {
        List<byte[]> messages = messages(page.events());
        Cursor next = page.next();
        boolean more = page.more();
        if (messages.size() < page.events().size()) {
            Cursor last = page.events().get(messages.size() - 1).cursor();
            next = last == null ? next : last;
            more = true;
        }
        return encode(principal, messages, next, more, page.opening());
    }

    private List<byte[]> messages(List<StoredEvent> events) {
        List<byte[]> messages = new ArrayList<>(events.size());
        long size = 0;
        for (StoredEvent event : events) {
            byte[] message = encoders.json(event);
            size += message.length;
            if (size > MAX_PAGE_BYTES && !messages.isEmpty()) {
                break;
            }
            messages.add(message);
        }
        return messages;
    }

    private byte[] encode(Principal principal, List<byte[]> messages, Cursor next, boolean more, FeedOpening opening) {
        UnrecoveredReason reason = opening.reason();
        Cursor oldest = opening.oldest();
        return HistoryJson.encode(
                messages,
                cursors.encode(principal.tenant(), principal.project(), next),
                more,
                reason == null ? null : reason.wireName(),
                oldest == null ? null : cursors.encode(principal.tenant(), principal.project(), oldest));
    }
}
