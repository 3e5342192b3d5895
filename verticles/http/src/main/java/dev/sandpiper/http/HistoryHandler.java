package dev.sandpiper.http;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.CursorCodec;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.protocol.EventEncoders;
import dev.sandpiper.protocol.HistoryJson;
import dev.sandpiper.protocol.Timestamps;
import dev.sandpiper.runtime.events.Feed;
import dev.sandpiper.runtime.events.HistoryPage;
import dev.sandpiper.runtime.events.HistoryRequest;
import dev.sandpiper.runtime.events.UnrecoveredReason;
import dev.sandpiper.runtime.http.QueryParameters;
import io.vertx.core.Handler;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code GET /events?topic=&since=&from=&limit=&order=}: pages of a topic's past. */
final class HistoryHandler implements Handler<Exchange> {
    private static final Set<String> PARAMETERS = Set.of("topic", "since", "from", "limit", "order");
    private static final int DEFAULT_LIMIT = 100;
    /** A page ends before it gets larger than this, so that an answer never holds much memory. */
    private static final long MAX_PAGE_BYTES = 4 << 20;

    private final Feed feed;
    private final CursorCodec cursors;
    private final EventEncoders encoders;

    HistoryHandler(Feed feed, CursorCodec cursors) {
        this.feed = feed;
        this.cursors = cursors;
        this.encoders = new EventEncoders(cursors);
    }

    @Override
    public void handle(Exchange exchange) {
        exchange.authenticate(Scope.EVENTS_SUBSCRIBE)
                .compose(principal -> feed.history(request(principal, exchange.query())))
                .map(page -> json(exchange, page))
                .onComplete(json -> exchange.answerJson(200, json), exchange::fail);
    }

    private HistoryRequest request(Principal principal, QueryParameters query) {
        query.requireOnly(PARAMETERS);
        String topic = query.get("topic");
        if (topic == null) {
            throw invalid("topic", "is required");
        }
        String since = query.get("since");
        String from = query.get("from");
        if (since != null && from != null) {
            throw invalid("from", "cannot be combined with since");
        }
        Cursor cursor = since == null ? null : cursors.decode(principal.tenant(), principal.project(), since);
        Instant time = from == null ? null : Timestamps.parse("from", from);
        return new HistoryRequest(
                principal.tenant(),
                principal.project(),
                new Topic(topic),
                cursor,
                time,
                isBackward(query.get("order")),
                limit(query.get("limit")));
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

    private static int limit(@Nullable String text) {
        if (text == null) {
            return DEFAULT_LIMIT;
        }
        boolean digits = text.length() <= 4 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        int limit = digits ? Integer.parseInt(text) : 0;
        if (limit < 1 || limit > HistoryRequest.MAX_LIMIT) {
            throw invalid("limit", "must be a whole number from 1 to " + HistoryRequest.MAX_LIMIT);
        }
        return limit;
    }

    private byte[] json(Exchange exchange, HistoryPage page) {
        List<byte[]> messages = new ArrayList<>(page.events().size());
        Cursor next = page.next();
        boolean more = page.more();
        long size = 0;
        for (StoredEvent event : page.events()) {
            byte[] message = encoders.json(event);
            size += message.length;
            if (size > MAX_PAGE_BYTES && !messages.isEmpty()) {
                more = true;
                break;
            }
            messages.add(message);
        }
        if (messages.size() < page.events().size()) {
            Cursor last = page.events().get(messages.size() - 1).cursor();
            next = last == null ? next : last;
        }
        UnrecoveredReason reason = page.opening().reason();
        Cursor oldest = page.opening().oldest();
        Principal principal = exchange.principal();
        if (principal == null) {
            throw new IllegalStateException("history without a principal");
        }
        return HistoryJson.encode(
                messages,
                cursors.encode(principal.tenant(), principal.project(), next),
                more,
                reason == null ? null : reason.wireName(),
                oldest == null ? null : cursors.encode(principal.tenant(), principal.project(), oldest));
    }

    private static PlatformException invalid(String parameter, String reason) {
        return new PlatformException(new RequestError.InvalidParameter(parameter, reason));
    }
}
