package dev.sandpiper.consumers;

import com.fasterxml.jackson.core.JsonToken;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.CursorCodec;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.TopicPattern;
import dev.sandpiper.protocol.StrictJson;
import dev.sandpiper.protocol.Timestamps;
import dev.sandpiper.runtime.events.StartPosition;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /consumers}: {@code {name, topics, start?, filter?, ack_wait?, max_deliver?, backoff?,
 * max_in_flight?, ordered_by?}}; {@code start} is {@code "live"}, {@code "first"}, {@code {"cursor": …}} or {@code {"time":
 * …}}.
 */
record NewConsumerBody(ConsumerSpec spec, StartPosition start) {
    static final Duration ACK_WAIT = Duration.ofSeconds(30);
    static final int MAX_DELIVER = 10;
    static final int MAX_IN_FLIGHT = 100;

    /** @throws dev.sandpiper.domain.PlatformException saying what is wrong */
    static NewConsumerBody parse(byte[] body, Principal who, CursorCodec cursors) {
        String name = null;
        List<TopicPattern> topics = null;
        StartPosition start = new StartPosition.Live();
        String filter = null;
        Duration ackWait = ACK_WAIT;
        int maxDeliver = MAX_DELIVER;
        List<Duration> backoff = List.of();
        int maxInFlight = MAX_IN_FLIGHT;
        boolean ordered = false;
        try (StrictJson json = StrictJson.read(body, 0, body.length)) {
            json.beginObject();
            for (String member = json.nextMember(); member != null; member = json.nextMember()) {
                switch (member) {
                    case "name" -> name = json.string(member);
                    case "topics" ->
                        topics = Members.strings(json, member, ConsumerSpec.MAX_TOPICS).stream()
                                .map(TopicPattern::new)
                                .toList();
                    case "start" -> start = start(json, who, cursors);
                    case "filter" -> filter = json.stringOrNull(member);
                    case "ack_wait" -> ackWait = Members.duration(member, json.string(member));
                    case "max_deliver" -> maxDeliver = Members.wholeNumber(json, member);
                    case "backoff" -> backoff = durations(json, member);
                    case "max_in_flight" -> maxInFlight = Members.wholeNumber(json, member);
                    case "ordered_by" -> ordered = ordered(member, json.string(member));
                    default -> throw Members.unknown(member);
                }
            }
            json.end();
        }
        if (name == null) {
            throw Members.fault("name", "is required");
        }
        if (topics == null) {
            throw Members.fault("topics", "is required");
        }
        return new NewConsumerBody(
                new ConsumerSpec(name, topics, filter, ackWait, maxDeliver, backoff, maxInFlight, ordered), start);
    }

    private static List<Duration> durations(StrictJson json, String member) {
        Function<String, Duration> parse = text -> Members.duration(member, text);
        return Members.strings(json, member, ConsumerSpec.MAX_BACKOFF).stream()
                .map(parse)
                .toList();
    }

    private static boolean ordered(String member, String text) {
        return switch (text) {
            case "topic" -> true;
            case "none" -> false;
            default -> throw Members.fault(member, "must be topic or none");
        };
    }

    private static StartPosition start(StrictJson json, Principal who, CursorCodec cursors) {
        JsonToken token = json.next();
        if (token == JsonToken.VALUE_STRING) {
            return switch (json.text()) {
                case "live" -> new StartPosition.Live();
                case "first" -> new StartPosition.After(new Cursor(0, 0));
                default -> throw startFault();
            };
        }
        if (token != JsonToken.START_OBJECT) {
            throw startFault();
        }
        StartPosition start = position(json, who, cursors);
        if (start == null) {
            throw startFault();
        }
        return start;
    }

    /**
     * Reads {@code {"cursor": …}} or {@code {"time": …}}, the opening brace of which was read already.
     *
     * @return null when it is neither
     */
    static @Nullable StartPosition position(StrictJson json, Principal who, CursorCodec cursors) {
        StartPosition start = null;
        for (String member = json.nextMember(); member != null; member = json.nextMember()) {
            if (start != null) {
                throw Members.fault(member, "cannot be combined with another start");
            }
            start = switch (member) {
                case "cursor" ->
                    new StartPosition.After(cursors.decode(who.tenant(), who.project(), json.string(member)));
                case "time" -> new StartPosition.From(Timestamps.parse(member, json.string(member)));
                default -> throw Members.unknown(member);
            };
        }
        return start;
    }

    private static RuntimeException startFault() {
        return Members.fault("start", "must be live, first, {\"cursor\":…} or {\"time\":…}");
    }
}
