package dev.sandpiper.sockets;

import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.CursorCodec;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.protocol.Timestamps;
import dev.sandpiper.runtime.events.FeedRequest;
import dev.sandpiper.runtime.events.StartPosition;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a stream or a poll asks for: {@code topics=a,b} or {@code topic=a}, which may then contain commas; {@code
 * since=<cursor>} or {@code from=<RFC 3339 time>}.
 */
final class StreamQuery {
    private static final String LAST_EVENT_ID = "Last-Event-ID";

    private final MultiMap parameters;

    private StreamQuery(MultiMap parameters) {
        this.parameters = parameters;
    }

    /**
     * @param known the parameters of the route
     * @throws PlatformException for one that is unknown or given twice
     */
    static StreamQuery of(HttpServerRequest request, Set<String> known) {
        MultiMap parameters = request.params(true);
        for (String name : parameters.names()) {
            if (!known.contains(name)) {
                throw fault(name, "is not known here");
            }
            if (parameters.getAll(name).size() > 1) {
                throw fault(name, "must not be given twice");
            }
        }
        return new StreamQuery(parameters);
    }

    /** The subscription; a {@code Last-Event-ID} header wins over {@code since} and {@code from}. */
    FeedRequest request(Principal principal, CursorCodec cursors, int maxTopics, @Nullable String lastEventId) {
        return new FeedRequest(
                principal.tenant(), principal.project(), topics(maxTopics), start(principal, cursors, lastEventId));
    }

    static @Nullable String lastEventId(HttpServerRequest request) {
        return request.getHeader(LAST_EVENT_ID);
    }

    /** @throws PlatformException when it is no whole number from {@code min} to {@code max} */
    int wholeNumber(String name, int fallback, int min, int max) {
        String text = get(name);
        if (text == null) {
            return fallback;
        }
        if (text.length() <= 9 && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            int value = Integer.parseInt(text);
            if (value >= min && value <= max) {
                return value;
            }
        }
        throw fault(name, "must be a whole number from " + min + " to " + max);
    }

    private List<Topic> topics(int max) {
        String list = get("topics");
        String single = get("topic");
        if (list != null && single != null) {
            throw fault("topic", "cannot be combined with topics");
        }
        if (single != null) {
            return List.of(new Topic(single));
        }
        if (list == null) {
            throw fault("topics", "is required");
        }
        Set<Topic> topics = new LinkedHashSet<>();
        for (String name : list.split(",", -1)) {
            topics.add(new Topic(name));
        }
        if (topics.size() > max) {
            throw new PlatformException(new ConflictError.TooManySubscriptions(max));
        }
        return List.copyOf(topics);
    }

    private StartPosition start(Principal principal, CursorCodec cursors, @Nullable String lastEventId) {
        String since = get("since");
        String from = get("from");
        String cursor = lastEventId == null || lastEventId.isEmpty() ? since : lastEventId;
        if (cursor != null) {
            if (cursor.equals(since) && from != null) {
                throw fault("from", "cannot be combined with since");
            }
            return new StartPosition.After(cursors.decode(principal.tenant(), principal.project(), cursor));
        }
        return from == null ? new StartPosition.Live() : new StartPosition.From(Timestamps.parse("from", from));
    }

    private @Nullable String get(String name) {
        String value = parameters.get(name);
        return value == null || value.isEmpty() ? null : value;
    }

    private static PlatformException fault(String parameter, String reason) {
        return new PlatformException(new RequestError.InvalidParameter(parameter, reason));
    }
}
