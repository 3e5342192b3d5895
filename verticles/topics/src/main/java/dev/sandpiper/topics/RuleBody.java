package dev.sandpiper.topics;

import com.fasterxml.jackson.core.JsonToken;
import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.TopicPattern;
import dev.sandpiper.protocol.StrictJson;
import dev.sandpiper.runtime.config.Durations;
import dev.sandpiper.runtime.events.TopicRule;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code PUT /topics/{pattern}}: {@code {schema?, class?, dedupe_window?, max_payload?, retention?: {age?, count?, bytes?},
 * ttl?, version?}}. What {@code GET} answers can be sent back: {@code pattern} must be that of the path then, and the times are not
 * looked at.
 *
 * @param version that the rule is expected to have; null for any
 */
record RuleBody(RuleSpec spec, @Nullable Long version) {
    private static final Duration MAX_WINDOW = Duration.ofDays(30);
    private static final Duration MAX_AGE = Duration.ofDays(3_650);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final long MAX_PAYLOAD = 64 * 1024 * 1024;

    /** @throws PlatformException saying what is wrong; members that are not known are refused, not overlooked */
    static RuleBody parse(byte[] body, TopicPattern pattern) {
        var members = new Members();
        try (StrictJson json = StrictJson.read(body, 0, body.length)) {
            json.beginObject();
            for (String member = json.nextMember(); member != null; member = json.nextMember()) {
                members.read(json, member, pattern);
            }
            json.end();
        }
        return members.body();
    }

    private static final class Members {
        private @Nullable String schema;
        private @Nullable DeliveryClass deliveryClass;
        private @Nullable Duration dedupeWindow;
        private long maxPayload;
        private TopicRule.Retention retention = TopicRule.Retention.UNLIMITED;
        private @Nullable Duration ttl;
        private @Nullable Long version;

        void read(StrictJson json, String member, TopicPattern pattern) {
            switch (member) {
                case "schema" -> schema = schema(json);
                case "class" -> deliveryClass = deliveryClass(member, json.stringOrNull(member));
                case "dedupe_window" -> dedupeWindow = duration(member, json, SECOND, MAX_WINDOW);
                case "max_payload" -> maxPayload = count(member, json, MAX_PAYLOAD);
                case "retention" -> retention = retention(member, json);
                case "ttl" -> ttl = wholeSeconds(member, duration(member, json, SECOND, MAX_AGE));
                case "version" -> version = json.wholeNumberOrNull(member);
                case "pattern" -> requireSame(member, json.string(member), pattern);
                case "created_at", "updated_at" -> json.string(member);
                default -> throw fault(member, "is not known here");
            }
        }

        RuleBody body() {
            return new RuleBody(
                    new RuleSpec(schema, deliveryClass, dedupeWindow, (int) maxPayload, retention, ttl), version);
        }
    }

    private static @Nullable String schema(StrictJson json) {
        JsonToken token = json.next();
        byte[] text = json.currentRawValue();
        return token == JsonToken.VALUE_NULL ? null : new String(text, StandardCharsets.UTF_8);
    }

    private static @Nullable DeliveryClass deliveryClass(String member, @Nullable String name) {
        return name == null
                ? null
                : DeliveryClass.named(name)
                        .orElseThrow(() -> fault(member, "must be ephemeral, durable or exactly-once"));
    }

    private static TopicRule.Retention retention(String member, StrictJson json) {
        JsonToken token = json.next();
        if (token == JsonToken.VALUE_NULL) {
            return TopicRule.Retention.UNLIMITED;
        }
        if (token != JsonToken.START_OBJECT) {
            throw fault(member, "must be an object");
        }
        Duration age = null;
        long count = 0;
        long bytes = 0;
        for (String name = json.nextMember(); name != null; name = json.nextMember()) {
            String path = member + "." + name;
            switch (name) {
                case "age" -> age = duration(path, json, SECOND, MAX_AGE);
                case "count" -> count = count(path, json, Long.MAX_VALUE);
                case "bytes" -> bytes = count(path, json, Long.MAX_VALUE);
                default -> throw fault(path, "is not known here");
            }
        }
        return new TopicRule.Retention(age, count, bytes);
    }

    private static @Nullable Duration duration(String member, StrictJson json, Duration min, Duration max) {
        String text = json.stringOrNull(member);
        if (text == null) {
            return null;
        }
        Duration duration = Durations.parse(text);
        if (duration == null) {
            throw fault(member, "must be a duration such as 30s, 5m, 12h or 7d");
        }
        if (duration.compareTo(min) < 0 || duration.compareTo(max) > 0) {
            throw fault(member, "must be from " + Durations.inDays(min) + " to " + Durations.inDays(max));
        }
        return duration;
    }

    /** As NATS counts. */
    private static @Nullable Duration wholeSeconds(String member, @Nullable Duration duration) {
        if (duration != null && duration.toMillis() % 1_000 != 0) {
            throw fault(member, "must be whole seconds");
        }
        return duration;
    }

    private static long count(String member, StrictJson json, long max) {
        Long count = json.wholeNumberOrNull(member);
        if (count == null) {
            return 0;
        }
        if (count < 1 || count > max) {
            throw fault(member, max == Long.MAX_VALUE ? "must be greater than 0" : "must be from 1 to " + max);
        }
        return count;
    }

    private static void requireSame(String member, String text, TopicPattern pattern) {
        if (!text.equals(pattern.text())) {
            throw fault(member, "must be the one in the path");
        }
    }

    private static PlatformException fault(String parameter, String reason) {
        return new PlatformException(new RequestError.InvalidParameter(parameter, reason));
    }
}
