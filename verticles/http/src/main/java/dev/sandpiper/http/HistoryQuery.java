package dev.sandpiper.http;

import dev.sandpiper.domain.Capability;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.CursorCodec;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.TopicPattern;
import dev.sandpiper.protocol.ReadingRange;
import dev.sandpiper.protocol.Timestamps;
import dev.sandpiper.runtime.events.EndPosition;
import dev.sandpiper.runtime.events.EventFilter;
import dev.sandpiper.runtime.events.HistoryRequest;
import dev.sandpiper.runtime.http.QueryParameters;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which events of the past a request asks for: {@code topic=} with a trailing {@code *} perhaps, {@code since=<cursor>} or {@code
 * from=<time>}, {@code until=<cursor or time>}, {@code filter=<expression>}.
 *
 * @param filter as text; compiling it is not for an event loop
 */
record HistoryQuery(
        Principal principal,
        TopicPattern topics,
        @Nullable Cursor since,
        @Nullable Instant from,
        @Nullable EndPosition until,
        @Nullable String filter) {
    /** @throws PlatformException for what is missing, malformed, contradicts itself, or is not for this principal to read */
    static HistoryQuery of(Principal principal, QueryParameters query, CursorCodec cursors) {
        String topic = query.get("topic");
        if (topic == null) {
            throw invalid("topic", "is required");
        }
        String since = query.get("since");
        String from = query.get("from");
        if (since != null && from != null) {
            throw invalid("from", "cannot be combined with since");
        }
        var topics = new TopicPattern(topic);
        principal.require(Capability.HISTORY, topics);
        Cursor after = since == null ? null : cursors.decode(principal.tenant(), principal.project(), since);
        Instant begin = from == null ? null : Timestamps.parse("from", from);
        return new HistoryQuery(
                principal, topics, after, begin, until(principal, query, cursors, after, begin), query.get("filter"));
    }

    private static @Nullable EndPosition until(
            Principal principal,
            QueryParameters query,
            CursorCodec cursors,
            @Nullable Cursor since,
            @Nullable Instant from) {
        String until = query.get("until");
        if (until == null) {
            return null;
        }
        if (ReadingRange.isTime(until)) {
            Instant time = Timestamps.parse("until", until);
            ReadingRange.check(from, time);
            return new EndPosition.Before(time);
        }
        Cursor cursor = cursors.decode(principal.tenant(), principal.project(), until);
        ReadingRange.check("desc".equals(query.get("order")) ? null : since, cursor);
        return new EndPosition.Through(cursor);
    }

    HistoryRequest request(@Nullable EventFilter compiled, boolean backward, int limit) {
        return new HistoryRequest(
                principal.tenant(), principal.project(), topics, since, from, until, compiled, backward, limit, false);
    }

    /** A page of very many: what comes after a cursor, or all, up to an end. */
    HistoryRequest bulk(@Nullable EventFilter compiled, @Nullable Cursor after, @Nullable EndPosition end, int limit) {
        return new HistoryRequest(
                principal.tenant(),
                principal.project(),
                topics,
                after,
                after == null ? from : null,
                end,
                compiled,
                false,
                limit,
                true);
    }

    static PlatformException invalid(String parameter, String reason) {
        return new PlatformException(new RequestError.InvalidParameter(parameter, reason));
    }
}
