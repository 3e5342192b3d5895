package dev.sandpiper.runtime.auth;

import dev.sandpiper.domain.Capability;
import dev.sandpiper.domain.ChannelAccess;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TopicPattern;
import dev.sandpiper.runtime.http.AddressRange;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a key may do, and where from, and how long. Null is no restriction, an empty list allows nothing.
 *
 * @param publish topics that it may publish to
 * @param subscribe topics that it may read, live or in the past
 * @param rateLimit requests and frames in a second
 * @param addresses IP addresses and ranges, as in {@code 10.0.0.0/8}
 * @param origins of pages, as in {@code https://example.com}
 * @param expiresAt from when on it does not work any more
 */
public record KeyGrant(
        Set<Scope> scopes,
        @Nullable List<TopicPattern> publish,
        @Nullable List<TopicPattern> subscribe,
        @Nullable Integer rateLimit,
        @Nullable List<String> addresses,
        @Nullable List<String> origins,
        @Nullable Instant expiresAt) {
    private static final Set<Capability> READING =
            EnumSet.of(Capability.SUBSCRIBE, Capability.PRESENCE, Capability.HISTORY);

    public KeyGrant {
        scopes = Set.copyOf(scopes);
        publish = publish == null ? null : List.copyOf(publish);
        subscribe = subscribe == null ? null : List.copyOf(subscribe);
        addresses = addresses == null ? null : List.copyOf(addresses);
        origins = origins == null ? null : List.copyOf(origins);
    }

    /** Restricted in nothing but its scopes. */
    public static KeyGrant of(Set<Scope> scopes) {
        return new KeyGrant(scopes, null, null, null, null, null, null);
    }

    public KeyGrant until(@Nullable Instant end) {
        return new KeyGrant(scopes, publish, subscribe, rateLimit, addresses, origins, end);
    }

    /** What it allows on which channels. */
    ChannelAccess channels() {
        if (publish == null && subscribe == null) {
            return ChannelAccess.ALL;
        }
        Map<TopicPattern, Set<Capability>> grants = new HashMap<>();
        List<TopicPattern> every = List.of(new TopicPattern("*"));
        for (TopicPattern pattern : publish == null ? every : publish) {
            grants.computeIfAbsent(pattern, any -> EnumSet.noneOf(Capability.class))
                    .add(Capability.PUBLISH);
        }
        for (TopicPattern pattern : subscribe == null ? every : subscribe) {
            grants.computeIfAbsent(pattern, any -> EnumSet.noneOf(Capability.class))
                    .addAll(READING);
        }
        return ChannelAccess.of(grants);
    }

    CallerLimits callers() {
        return CallerLimits.of(addresses, origins);
    }

    /** In which respects this allows what {@code other} does not, by the names of their members on the wire. */
    public Set<String> exceeds(KeyGrant other) {
        Set<String> members = new TreeSet<>();
        if (!other.scopes.containsAll(scopes)) {
            members.add("scopes");
        }
        if (exceeds(publish, other.publish) || exceeds(subscribe, other.subscribe)) {
            members.add("topics");
        }
        if (other.rateLimit != null && (rateLimit == null || rateLimit > other.rateLimit)) {
            members.add("rate_limit_per_sec");
        }
        if (other.addresses != null && !(addresses != null && areWithin(addresses, other.addresses))) {
            members.add("allowed_addresses");
        }
        if (other.origins != null && !(origins != null && other.origins.containsAll(origins))) {
            members.add("allowed_origins");
        }
        if (other.expiresAt != null && (expiresAt == null || expiresAt.isAfter(other.expiresAt))) {
            members.add("expires_at");
        }
        return members;
    }

    private static boolean exceeds(@Nullable List<TopicPattern> mine, @Nullable List<TopicPattern> theirs) {
        if (theirs == null) {
            return false;
        }
        return mine == null
                || !mine.stream().allMatch(pattern -> theirs.stream().anyMatch(wider -> wider.covers(pattern)));
    }

    private static boolean areWithin(List<String> mine, List<String> theirs) {
        return mine.stream()
                .map(AddressRange::parse)
                .allMatch(range -> range != null
                        && theirs.stream()
                                .map(AddressRange::parse)
                                .anyMatch(wider -> wider != null && wider.covers(range)));
    }
}
