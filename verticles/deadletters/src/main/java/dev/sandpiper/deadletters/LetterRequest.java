package dev.sandpiper.deadletters;

import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.CursorCodec;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.protocol.StrictJson;
import dev.sandpiper.protocol.Timestamps;
import dev.sandpiper.runtime.http.QueryParameters;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a request about letters asks for, checked. The same names are used in queries and in bodies.
 *
 * @param after the position before the first letter that is meant; 0 for the beginning
 * @param all whether letters are meant that no filter narrows
 * @param to null where nothing is sent
 */
record LetterRequest(
        LetterFilter filter,
        long after,
        int limit,
        boolean all,
        @Nullable RedriveTarget to) {
    static final int MAX_LIMIT = 500;
    static final int MAX_STEP = 1_000;

    private static final int DEFAULT_LIMIT = 50;
    private static final int MAX_CONSUMER = 200;
    private static final Set<String> LISTED = Set.of("consumer", "topic", "from", "until", "limit", "after");
    private static final Set<String> DISCARDED = Set.of("consumer", "topic", "from", "until", "limit", "after", "all");

    /** {@code GET /dead-letters}. */
    static LetterRequest list(Principal who, String uri, CursorCodec cursors, int epoch) {
        return query(who, uri, cursors, epoch, LISTED, DEFAULT_LIMIT, MAX_LIMIT);
    }

    /** {@code DELETE /dead-letters}, which has to say {@code all=true} when nothing else narrows it. */
    static LetterRequest discard(Principal who, String uri, CursorCodec cursors, int epoch) {
        LetterRequest request = query(who, uri, cursors, epoch, DISCARDED, MAX_STEP, MAX_STEP);
        if (request.filter.isOpen() && !request.all) {
            throw fault("all", "must be true when no filter is given");
        }
        return request;
    }

    private static LetterRequest query(
            Principal who,
            String uri,
            CursorCodec cursors,
            int epoch,
            Set<String> known,
            int defaultLimit,
            int maxLimit) {
        QueryParameters query = QueryParameters.of(uri);
        query.requireOnly(known);
        return new LetterRequest(
                filter(who, query.get("consumer"), query.get("topic"), query.get("from"), query.get("until")),
                after(who, query.get("after"), cursors, epoch),
                limit(query.get("limit"), defaultLimit, maxLimit),
                all(query.get("all")),
                null);
    }

    /** The body of {@code POST /dead-letters/{id}/redrive}. */
    static RedriveTarget target(byte[] body) {
        RedriveTarget to = null;
        try (StrictJson json = StrictJson.read(body, 0, body.length)) {
            json.beginObject();
            for (String member = json.nextMember(); member != null; member = json.nextMember()) {
                if (!member.equals("to")) {
                    throw fault(member, "is not known here");
                }
                to = to(json.string(member));
            }
            json.end();
        }
        return required(to);
    }

    /** The body of {@code POST /dead-letters/redrive}. */
    static LetterRequest redrive(Principal who, byte[] body, CursorCodec cursors, int epoch) {
        RedriveTarget to = null;
        String consumer = null;
        String topic = null;
        String from = null;
        String until = null;
        String after = null;
        int limit = MAX_STEP;
        try (StrictJson json = StrictJson.read(body, 0, body.length)) {
            json.beginObject();
            for (String member = json.nextMember(); member != null; member = json.nextMember()) {
                switch (member) {
                    case "to" -> to = to(json.string(member));
                    case "consumer" -> consumer = json.stringOrNull(member);
                    case "topic" -> topic = json.stringOrNull(member);
                    case "from" -> from = json.stringOrNull(member);
                    case "until" -> until = json.stringOrNull(member);
                    case "after" -> after = json.stringOrNull(member);
                    case "limit" -> limit = limit(Long.toString(json.wholeNumber(member)), MAX_STEP, MAX_STEP);
                    default -> throw fault(member, "is not known here");
                }
            }
            json.end();
        }
        return new LetterRequest(
                filter(who, consumer, topic, from, until),
                after(who, after, cursors, epoch),
                limit,
                true,
                required(to));
    }

    /** @throws PlatformException with {@code RESOURCE_NOT_FOUND} for whatever is no letter's id in this project */
    static Cursor position(Principal who, @Nullable String id, CursorCodec cursors, int epoch) {
        try {
            Cursor position = cursors.decode(who.tenant(), who.project(), id == null ? "" : id);
            if (position.epoch() == epoch) {
                return position;
            }
        } catch (PlatformException e) {
            throw new PlatformException(noSuchLetter(), e);
        }
        throw new PlatformException(noSuchLetter());
    }

    static ConflictError noSuchLetter() {
        return new ConflictError.ResourceNotFound("dead letter");
    }

    private static LetterFilter filter(
            Principal who,
            @Nullable String consumer,
            @Nullable String topic,
            @Nullable String from,
            @Nullable String until) {
        if (consumer != null && (consumer.isBlank() || consumer.length() > MAX_CONSUMER)) {
            throw fault("consumer", "must be 1 to " + MAX_CONSUMER + " characters");
        }
        Instant begin = from == null ? null : Timestamps.parse("from", from);
        Instant end = until == null ? null : Timestamps.parse("until", until);
        if (begin != null && end != null && !begin.isBefore(end)) {
            throw fault("until", "must be later than from");
        }
        return new LetterFilter(
                who.tenant(), who.project(), consumer, topic == null ? null : new Topic(topic), begin, end);
    }

    private static long after(Principal who, @Nullable String text, CursorCodec cursors, int epoch) {
        if (text == null) {
            return 0;
        }
        try {
            Cursor position = cursors.decode(who.tenant(), who.project(), text);
            if (position.epoch() == epoch) {
                return position.sequence();
            }
        } catch (PlatformException e) {
            throw new PlatformException(wrongPage(), e);
        }
        throw new PlatformException(wrongPage());
    }

    private static RequestError wrongPage() {
        return new RequestError.InvalidParameter("after", "must be the next of an earlier page");
    }

    private static int limit(@Nullable String text, int fallback, int most) {
        if (text == null) {
            return fallback;
        }
        boolean digits = text.length() <= 6 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        int limit = digits ? Integer.parseInt(text) : 0;
        if (limit < 1 || limit > most) {
            throw fault("limit", "must be from 1 to " + most);
        }
        return limit;
    }

    private static boolean all(@Nullable String text) {
        if (text == null || text.equals("false")) {
            return false;
        }
        if (text.equals("true")) {
            return true;
        }
        throw fault("all", "must be true or false");
    }

    private static RedriveTarget to(String text) {
        return RedriveTarget.named(text).orElseThrow(() -> fault("to", "must be consumer or topic"));
    }

    private static RedriveTarget required(@Nullable RedriveTarget to) {
        if (to == null) {
            throw fault("to", "is required");
        }
        return to;
    }

    private static PlatformException fault(String parameter, String reason) {
        return new PlatformException(new RequestError.InvalidParameter(parameter, reason));
    }
}
