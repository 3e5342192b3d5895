package dev.sandpiper.http.admin;

import com.fasterxml.jackson.core.JsonToken;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.TopicPattern;
import dev.sandpiper.protocol.StrictJson;
import dev.sandpiper.runtime.auth.KeyGrant;
import dev.sandpiper.runtime.auth.KeyPatch;
import dev.sandpiper.runtime.http.AddressRange;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /admin/keys} and {@code PATCH /admin/keys/:id}: {@code {tenant?, project?, name, scopes, topics?,
 * rate_limit_per_sec?, allowed_addresses?, allowed_origins?, expires_at?}}. {@code topics} is {@code {publish?, subscribe?}}, or an array
 * that stands for both. {@code null} lifts a restriction.
 */
final class KeyBody {
    private static final int MAX_RATE = 1_000_000;

    private final Set<String> given = new HashSet<>();
    private @Nullable TenantId tenant;
    private @Nullable ProjectId project;
    private @Nullable String name;
    private Set<Scope> scopes = Set.of();
    private @Nullable List<TopicPattern> publish;
    private @Nullable List<TopicPattern> subscribe;
    private @Nullable Integer rateLimit;
    private @Nullable List<String> addresses;
    private @Nullable List<String> origins;
    private @Nullable Instant expiresAt;

    private KeyBody() {}

    /** @throws PlatformException saying what is wrong; members that are not known are refused, not overlooked */
    static KeyBody create(byte[] body, Instant now) {
        KeyBody wanted = parse(body, now);
        for (String member : List.of("name", "scopes")) {
            if (!wanted.given.contains(member)) {
                throw AdminFields.fault(member, "is required");
            }
        }
        return wanted;
    }

    /** Likewise; what is not there is to stay as it is. */
    static KeyBody patch(byte[] body, Instant now) {
        KeyBody wanted = parse(body, now);
        for (String member : List.of("tenant", "project")) {
            if (wanted.given.contains(member)) {
                throw AdminFields.fault(member, "cannot be changed");
            }
        }
        return wanted;
    }

    private static KeyBody parse(byte[] body, Instant now) {
        var wanted = new KeyBody();
        try (StrictJson json = StrictJson.read(body, 0, body.length)) {
            json.beginObject();
            for (String member = json.nextMember(); member != null; member = json.nextMember()) {
                wanted.read(member, json, now);
                wanted.given.add(member);
            }
            json.end();
        }
        return wanted;
    }

    private void read(String member, StrictJson json, Instant now) {
        switch (member) {
            case "tenant" -> tenant = AdminFields.tenant(member, json.string(member));
            case "project" -> project = AdminFields.project(member, json.string(member));
            case "name" -> name = AdminFields.name(member, json.string(member));
            case "scopes" -> scopes = scopes(member, AdminFields.strings(member, json));
            case "topics" -> topics(member, json);
            case "rate_limit_per_sec" -> rateLimit = rate(member, json.wholeNumberOrNull(member));
            case "allowed_addresses" -> addresses = addresses(member, AdminFields.stringsOrNull(member, json));
            case "allowed_origins" -> origins = origins(member, AdminFields.stringsOrNull(member, json));
            case "expires_at" -> expiresAt = AdminFields.future(member, json.stringOrNull(member), now);
            default -> throw AdminFields.fault(member, "is not known here");
        }
    }

    @Nullable
    TenantId tenant() {
        return tenant;
    }

    @Nullable
    ProjectId project() {
        return project;
    }

    /** Of {@link #create}. */
    String name() {
        if (name == null) {
            throw AdminFields.fault("name", "is required");
        }
        return name;
    }

    /** Of {@link #create}. */
    KeyGrant grant() {
        return new KeyGrant(scopes, publish, subscribe, rateLimit, addresses, origins, expiresAt);
    }

    /** Of {@link #patch}. */
    KeyPatch patch() {
        return new KeyPatch(
                name,
                old -> new KeyGrant(
                        given.contains("scopes") ? scopes : old.scopes(),
                        given.contains("topics.publish") ? publish : old.publish(),
                        given.contains("topics.subscribe") ? subscribe : old.subscribe(),
                        given.contains("rate_limit_per_sec") ? rateLimit : old.rateLimit(),
                        given.contains("allowed_addresses") ? addresses : old.addresses(),
                        given.contains("allowed_origins") ? origins : old.origins(),
                        given.contains("expires_at") ? expiresAt : old.expiresAt()));
    }

    private void topics(String member, StrictJson json) {
        JsonToken first = json.next();
        if (first == JsonToken.START_OBJECT) {
            for (String way = json.nextMember(); way != null; way = json.nextMember()) {
                String path = member + "." + way;
                switch (way) {
                    case "publish" -> publish = patterns(path, AdminFields.stringsOrNull(path, json));
                    case "subscribe" -> subscribe = patterns(path, AdminFields.stringsOrNull(path, json));
                    default -> throw AdminFields.fault(path, "is not known here");
                }
                given.add(path);
            }
            return;
        }
        if (first != JsonToken.START_ARRAY && first != JsonToken.VALUE_NULL) {
            throw AdminFields.fault(member, "must be an object with publish and subscribe, or an array of patterns");
        }
        publish = first == JsonToken.VALUE_NULL ? null : patterns(member, AdminFields.currentStrings(member, json));
        subscribe = publish;
        given.addAll(Set.of("topics.publish", "topics.subscribe"));
    }

    private static @Nullable List<TopicPattern> patterns(String member, @Nullable List<String> texts) {
        if (texts == null) {
            return null;
        }
        try {
            return texts.stream().map(TopicPattern::new).toList();
        } catch (PlatformException e) {
            throw AdminFields.fault(member, "has an item that is no topic and no beginning of one with a *", e);
        }
    }

    private static Set<Scope> scopes(String member, List<String> names) {
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        for (String name : names) {
            scopes.add(Scope.named(name).orElseThrow(() -> AdminFields.fault(member, "has an item that is no scope")));
        }
        if (scopes.isEmpty()) {
            throw AdminFields.fault(member, "must not be empty");
        }
        return scopes;
    }

    private static @Nullable Integer rate(String member, @Nullable Long number) {
        if (number == null) {
            return null;
        }
        if (number < 1 || number > MAX_RATE) {
            throw AdminFields.fault(member, "must be from 1 to " + MAX_RATE);
        }
        return number.intValue();
    }

    private static @Nullable List<String> addresses(String member, @Nullable List<String> texts) {
        if (texts != null && texts.stream().anyMatch(text -> AddressRange.parse(text) == null)) {
            throw AdminFields.fault(member, "has an item that is neither an IP address nor a range such as 10.0.0.0/8");
        }
        return texts;
    }

    private static @Nullable List<String> origins(String member, @Nullable List<String> texts) {
        if (texts != null && !texts.stream().allMatch(KeyBody::isOrigin)) {
            throw AdminFields.fault(member, "has an item that is no origin such as https://example.com");
        }
        return texts;
    }

    /** As browsers write it: scheme, host and perhaps a port, all in small letters. */
    private static boolean isOrigin(String text) {
        try {
            var uri = new URI(text);
            return uri.getScheme() != null
                    && uri.getHost() != null
                    && text.equals(uri.getScheme() + "://" + uri.getRawAuthority())
                    && text.equals(text.toLowerCase(Locale.ROOT))
                    && uri.getRawUserInfo() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
