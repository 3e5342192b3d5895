package dev.sandpiper.sockets;

import dev.sandpiper.domain.Capability;
import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.CursorCodec;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.domain.TopicPattern;
import dev.sandpiper.protocol.Timestamps;
import dev.sandpiper.runtime.http.QueryParameters;
import dev.sandpiper.runtime.http.RouteContext;
import dev.sandpiper.sockets.SubscriberPositions.Entry;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Subscribers with a name over REST: up to where they have acknowledged, and forgetting them. */
final class SubscriberHandlers {
    private static final TopicPattern EVERYTHING = new TopicPattern("*");
    private static final String PATH = "/subscribers";
    private static final int DEFAULT_LIMIT = 50;
    private static final int MAX_LIMIT = 500;

    private final SubscriberPositions positions;
    private final CursorCodec cursors;
    private final RouteContext context;

    SubscriberHandlers(SubscriberPositions positions, CursorCodec cursors, RouteContext context) {
        this.positions = positions;
        this.cursors = cursors;
        this.context = context;
    }

    void mount(Router router) {
        router.get(PATH).handler(this::list);
        router.delete(PATH + "/:name").handler(this::delete);
    }

    /** {@code ?subscriber=&limit=&after=}. */
    private void list(RoutingContext request) {
        context.authenticate(request, Scope.EVENTS_SUBSCRIBE)
                .compose(who -> {
                    QueryParameters query = QueryParameters.of(request, Set.of("subscriber", "limit", "after"));
                    int limit = query.number("limit", DEFAULT_LIMIT, MAX_LIMIT);
                    who.require(Capability.SUBSCRIBE, EVERYTHING);
                    return positions
                            .list(
                                    who.tenant(),
                                    who.project(),
                                    query.get("subscriber"),
                                    after(query.get("after")),
                                    limit + 1)
                            .map(entries -> page(who, entries, limit));
                })
                .onComplete(
                        page -> context.answer(request, 200, page.toBuffer().getBytes()),
                        failure -> context.fail(request, failure));
    }

    private JsonObject page(Principal who, List<Entry> entries, int limit) {
        var items = new JsonArray();
        for (Entry entry : entries.subList(0, Math.min(limit, entries.size()))) {
            Cursor cursor = entry.cursor();
            items.add(new JsonObject()
                    .put("subscriber", entry.subscriber())
                    .put("channel", entry.topic().name())
                    .put("cursor", cursor == null ? null : cursors.encode(who.tenant(), who.project(), cursor))
                    .put("used_at", Timestamps.format(entry.usedAt())));
        }
        return new JsonObject()
                .put("items", items)
                .put("next", entries.size() > limit ? text(entries.get(limit - 1)) : null);
    }

    /** {@code ?channel=}; without it, all of the subscriber's. */
    private void delete(RoutingContext request) {
        context.authenticate(request, Scope.EVENTS_SUBSCRIBE)
                .compose(who -> {
                    String channel =
                            QueryParameters.of(request, Set.of("channel")).get("channel");
                    who.require(
                            Capability.SUBSCRIBE, channel == null ? EVERYTHING : TopicPattern.of(new Topic(channel)));
                    return positions.delete(
                            who.tenant(),
                            who.project(),
                            Objects.requireNonNull(request.pathParam("name")),
                            channel == null ? null : new Topic(channel));
                })
                .compose(count -> count > 0
                        ? Future.succeededFuture(count)
                        : Future.failedFuture(new PlatformException(new ConflictError.ResourceNotFound("subscriber"))))
                .onComplete(count -> context.answer(request, 204, null), failure -> context.fail(request, failure));
    }

    private static String text(Entry last) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((last.subscriber() + "/" + last.topic().name()).getBytes(StandardCharsets.UTF_8));
    }

    /** A subscriber's name has no slash. */
    private static @Nullable Entry after(@Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            String plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
            int slash = plain.indexOf('/');
            return new Entry(
                    plain.substring(0, Math.max(slash, 0)), new Topic(plain.substring(slash + 1)), null, Instant.EPOCH);
        } catch (IllegalArgumentException | PlatformException e) {
            throw new PlatformException(
                    new RequestError.InvalidParameter("after", "must be the next of an earlier page"), e);
        }
    }
}
