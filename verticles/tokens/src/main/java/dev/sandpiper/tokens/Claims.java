package dev.sandpiper.tokens;

import com.fasterxml.jackson.core.JsonToken;
import dev.sandpiper.domain.Capability;
import dev.sandpiper.domain.ChannelAccess;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TokenIdentity;
import dev.sandpiper.domain.TopicPattern;
import dev.sandpiper.protocol.StrictJson;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What stands in a token, or in an endpoint's answer about a user; not believed yet. Times are seconds since 1970, rounded down.
 *
 * @param scopes null when nothing is said about them; what is not known is left out, because other scopes may be for others
 * @param channels null when nothing is said about them
 */
record Claims(
        @Nullable String issuer,
        @Nullable String subject,
        List<String> audiences,
        @Nullable Long expiry,
        @Nullable Long notBefore,
        @Nullable Long issuedAt,
        @Nullable Long expiresIn,
        @Nullable String id,
        @Nullable Set<Scope> scopes,
        @Nullable ChannelAccess channels) {
    private static final long LATEST = 253_402_300_799L;
    private static final int MAX_ITEMS = 100;

    /** @throws PlatformException when it is no JSON object, has a member twice, or one of those above is not what it should be */
    static Claims parse(byte[] json) {
        try (StrictJson document = StrictJson.read(json, 0, json.length)) {
            var reader = new Reader(document);
            document.beginObject();
            for (String member = document.nextMember(); member != null; member = document.nextMember()) {
                reader.member(member);
            }
            document.end();
            return reader.claims();
        }
    }

    /** The member {@code channels} of a request or a token: patterns and what they allow. The object begins with the next token. */
    static ChannelAccess channels(StrictJson json, String member) {
        json.beginObject();
        Map<TopicPattern, Set<Capability>> grants = new HashMap<>();
        for (String pattern = json.nextMember(); pattern != null; pattern = json.nextMember()) {
            grants.put(new TopicPattern(pattern), capabilities(json, member));
            if (grants.size() > ChannelAccess.MAX_PATTERNS) {
                throw fault(member, "has more than " + ChannelAccess.MAX_PATTERNS + " patterns");
            }
        }
        return ChannelAccess.of(grants);
    }

    static List<String> strings(StrictJson json, String member) {
        if (json.next() != JsonToken.START_ARRAY) {
            throw fault(member, "must be an array of strings");
        }
        return restOfArray(json, member);
    }

    private static List<String> restOfArray(StrictJson json, String member) {
        List<String> items = new ArrayList<>();
        for (JsonToken token = json.next(); token != JsonToken.END_ARRAY; token = json.next()) {
            if (token != JsonToken.VALUE_STRING) {
                throw fault(member, "must be an array of strings");
            }
            items.add(json.text());
            if (items.size() > MAX_ITEMS) {
                throw fault(member, "has more than " + MAX_ITEMS + " items");
            }
        }
        return items;
    }

    private static Set<Capability> capabilities(StrictJson json, String member) {
        Set<Capability> capabilities = EnumSet.noneOf(Capability.class);
        for (String name : strings(json, member)) {
            capabilities.add(Capability.named(name)
                    .orElseThrow(() ->
                            fault(member, "allows something that is not subscribe, publish, presence or history")));
        }
        return capabilities;
    }

    private static PlatformException fault(String member, String reason) {
        return new PlatformException(new RequestError.InvalidParameter(member, reason));
    }

    /** Collects the members. */
    private static final class Reader {
        private final StrictJson json;
        private @Nullable String issuer;
        private @Nullable String subject;
        private List<String> audiences = List.of();
        private @Nullable Long expiry;
        private @Nullable Long notBefore;
        private @Nullable Long issuedAt;
        private @Nullable Long expiresIn;
        private @Nullable String id;
        private @Nullable Set<Scope> scopes;
        private @Nullable ChannelAccess channels;
        private @Nullable TopicPattern channel;
        private @Nullable Set<Capability> capabilities;

        Reader(StrictJson json) {
            this.json = json;
        }

        void member(String name) {
            switch (name) {
                case "iss" -> issuer = json.string(name);
                case "sub" -> subject = sane(name, json.string(name));
                case "aud" -> audiences = audiences(name);
                case "exp" -> expiry = seconds(name);
                case "nbf" -> notBefore = seconds(name);
                case "iat" -> issuedAt = seconds(name);
                case "expires_in" -> expiresIn = seconds(name);
                case "jti" -> id = sane(name, json.string(name));
                case "scope" -> scopes(List.of(json.string(name).split(" ", -1)));
                case "scopes" -> scopes(strings(json, name));
                case "channels" -> channels = Claims.channels(json, name);
                case "channel" -> channel = exact(name, json.string(name));
                case "capabilities" -> capabilities = Claims.capabilities(json, name);
                default -> json.skipValue();
            }
        }

        Claims claims() {
            TopicPattern only = channel;
            if (only != null) {
                if (channels != null) {
                    throw fault("channel", "cannot be combined with channels");
                }
                channels = ChannelAccess.of(
                        Map.of(only, capabilities == null ? Set.of(Capability.SUBSCRIBE) : capabilities));
            } else if (capabilities != null) {
                throw fault("capabilities", "belongs to channel");
            }
            return new Claims(issuer, subject, audiences, expiry, notBefore, issuedAt, expiresIn, id, scopes, channels);
        }

        private List<String> audiences(String name) {
            JsonToken token = json.next();
            if (token == JsonToken.VALUE_STRING) {
                return List.of(json.text());
            }
            if (token != JsonToken.START_ARRAY) {
                throw fault(name, "must be a string or an array of strings");
            }
            return restOfArray(json, name);
        }

        /** Both ways of writing scopes may be there; they add up. */
        private void scopes(List<String> names) {
            Set<Scope> all = scopes == null ? EnumSet.noneOf(Scope.class) : scopes;
            names.forEach(name -> Scope.named(name).ifPresent(all::add));
            scopes = all;
        }

        /** Any JSON number will do, since the standard allows fractions. */
        private Long seconds(String name) {
            JsonToken token = json.next();
            if (token != JsonToken.VALUE_NUMBER_INT && token != JsonToken.VALUE_NUMBER_FLOAT) {
                throw fault(name, "must be a number");
            }
            double value = Double.parseDouble(json.text());
            if (!(value >= 0 && value <= LATEST)) {
                throw fault(name, "is out of range");
            }
            return (long) value;
        }

        private static String sane(String name, String text) {
            if (!TokenIdentity.isSane(text)) {
                throw fault(name, "must be 1 to " + TokenIdentity.MAX_TEXT + " printable characters");
            }
            return text;
        }

        private static TopicPattern exact(String name, String text) {
            var pattern = new TopicPattern(text);
            if (!pattern.isExact()) {
                throw fault(name, "must be one channel");
            }
            return pattern;
        }
    }
}
