package dev.sandpiper.sockets;

import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.protocol.Timestamps;
import dev.sandpiper.runtime.events.EndPosition;
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
 * since=<cursor>}, {@code from=<RFC 3339 time>} or {@code last=<number>}; {@code until=<cursor or time>}; {@code
 * filter=<expression>}.
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

    /** The subscription; a {@code Last-Event-ID} header wins over whatever else says where to begin. */
    FeedRequest request(Principal principal, Positions positions, int maxTopics, @Nullable String lastEventId) {
        List<Topic> topics = topics(maxTopics);
        StartPosition start = start(principal, positions, lastEventId);
        topics.forEach(topic -> Access.require(principal, topic, start));
        return new FeedRequest(principal.tenant(), principal.project(), topics, start);
    }

    /** @throws PlatformException when it ends before it starts */
    @Nullable
    EndPosition end(Principal principal, Positions positions, StartPosition start) {
        return positions.end(principal, get("until"), start);
    }

    @Nullable
    String filter() {
        return get("filter");
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

    private StartPosition start(Principal principal, Positions positions, @Nullable String lastEventId) {
        String since = get("since");
        String from = get("from");
        int last = wholeNumber("last", 0, 1, StartPosition.Newest.MAX);
        if (since != null && from != null) {
            throw fault("from", "cannot be combined with since");
        }
        if (last > 0 && (since != null || from != null)) {
            throw fault("last", "cannot be combined with since or from");
        }
        boolean resumes = lastEventId != null && !lastEventId.isEmpty();
        return positions.start(
                principal, resumes ? lastEventId : since, from == null ? null : Timestamps.parse("from", from), last);
    }

    private @Nullable String get(String name) {
        String value = parameters.get(name);
        return value == null || value.isEmpty() ? null : value;
    }

    private static PlatformException fault(String parameter, String reason) {
        return new PlatformException(new RequestError.InvalidParameter(parameter, reason));
    }
}
