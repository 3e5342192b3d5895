package dev.sandpiper.consumers;

import dev.sandpiper.protocol.StrictJson;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a worker says about deliveries: {@code {"token": …}} about one, {@code {"tokens": […]}} about several, and what goes with
 * the word.
 *
 * @param single whether it is about one, and answered by itself
 * @param publish a JSON array of events; null for none
 */
record WordBody(
        boolean single,
        List<String> tokens,
        @Nullable Duration delay,
        @Nullable String reason,
        byte @Nullable [] publish) {
    static final int MAX_TOKENS = 1_000;
    private static final int MAX_REASON = 500;

    /** @param more members that this word may have beside the tokens */
    static WordBody parse(byte[] body, Set<String> more) {
        String token = null;
        List<String> tokens = null;
        Duration delay = null;
        String reason = null;
        byte[] publish = null;
        try (StrictJson json = StrictJson.read(body, 0, body.length)) {
            json.beginObject();
            for (String member = json.nextMember(); member != null; member = json.nextMember()) {
                switch (more.contains(member) || member.startsWith("token") ? member : "") {
                    case "token" -> token = json.string(member);
                    case "tokens" -> tokens = Members.strings(json, member, MAX_TOKENS);
                    case "delay" -> delay = delay(json.string(member));
                    case "reason" -> reason = reason(json.string(member));
                    case "publish" -> publish = json.rawValue();
                    default -> throw Members.unknown(member);
                }
            }
            json.end();
        }
        if ((token == null) == (tokens == null)) {
            throw Members.fault("token", "or tokens is required, one of them");
        }
        if (tokens != null && tokens.isEmpty()) {
            throw Members.fault("tokens", "must not be empty");
        }
        if (publish != null && token == null) {
            throw Members.fault("publish", "goes with one token");
        }
        return new WordBody(token != null, token == null ? orEmpty(tokens) : List.of(token), delay, reason, publish);
    }

    private static List<String> orEmpty(@Nullable List<String> tokens) {
        return tokens == null ? List.of() : tokens;
    }

    static Duration delay(String text) {
        Duration delay = Members.duration("delay", text);
        if (delay.compareTo(ConsumerSpec.MAX_DELAY) > 0) {
            throw Members.fault("delay", "must be at most 1d");
        }
        return delay;
    }

    static String reason(String text) {
        if (text.isBlank() || text.length() > MAX_REASON || text.chars().anyMatch(Character::isISOControl)) {
            throw Members.fault("reason", "must be 1 to " + MAX_REASON + " printable characters");
        }
        return text;
    }
}
