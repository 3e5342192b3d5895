package dev.sandpiper.sockets;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.protocol.ServerFrames;
import dev.sandpiper.protocol.SseEvents;
import dev.sandpiper.runtime.events.FeedOpening;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.function.Function;

/** What every event stream says beside its events, over whichever version of HTTP. */
final class SseHead {
    private SseHead() {}

    static void put(HttpServerResponse response) {
        response.putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache, no-store, no-transform")
                .putHeader("X-Accel-Buffering", "no");
    }

    /** @param asText how the client sees a cursor */
    static byte[] subscribed(List<Topic> topics, FeedOpening opening, Function<Cursor, String> asText) {
        String cursor = asText.apply(opening.cursor());
        var reason = opening.reason();
        Cursor oldest = opening.oldest();
        byte[] frame = ServerFrames.subscribed(
                topics.stream().map(Topic::name).toList(),
                cursor,
                reason == null ? null : reason.wireName(),
                oldest == null ? null : asText.apply(oldest));
        return SseEvents.event(cursor, "subscribed", frame);
    }

    static byte[] position(String cursor) {
        return SseEvents.event(cursor, "position", ServerFrames.position(null, cursor));
    }

    static byte[] end(String cursor) {
        return SseEvents.event(cursor, "end", ServerFrames.end(null, cursor));
    }
}
