package dev.sandpiper.http.admin;

import dev.sandpiper.domain.ChannelAccess;
import dev.sandpiper.domain.KeyId;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TokenIdentity;
import dev.sandpiper.domain.TopicPattern;
import dev.sandpiper.protocol.JsonBytes;
import dev.sandpiper.protocol.Timestamps;
import dev.sandpiper.runtime.auth.IssuedKey;
import dev.sandpiper.runtime.auth.KeyGrant;
import dev.sandpiper.runtime.auth.KeyInfo;
import dev.sandpiper.runtime.auth.KeyUse;
import dev.sandpiper.runtime.auth.Page;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keys as clients see them. */
final class KeyJson {
    private static final int ITEM_SIZE = 512;

    private KeyJson() {}

    /** The only answer with the key itself in it. */
    static byte[] issued(IssuedKey issued) {
        JsonBytes json = new JsonBytes(ITEM_SIZE)
                .beginObject()
                .name("id")
                .string(issued.info().id().value())
                .name("key")
                .string(issued.key().reveal());
        return members(json, issued.info()).endObject().toByteArray();
    }

    static byte[] key(KeyInfo key) {
        JsonBytes json = new JsonBytes(ITEM_SIZE)
                .beginObject()
                .name("id")
                .string(key.id().value());
        return members(json, key).endObject().toByteArray();
    }

    static byte[] page(Page<KeyInfo> page) {
        JsonBytes json = new JsonBytes(ITEM_SIZE * (page.items().size() + 1))
                .beginObject()
                .name("items")
                .beginArray();
        for (KeyInfo key : page.items()) {
            json.beginObject().name("id").string(key.id().value());
            members(json, key).endObject();
        }
        return optional(json.endArray().name("next"), page.next()).endObject().toByteArray();
    }

    static byte[] principal(Principal who) {
        JsonBytes json = new JsonBytes(ITEM_SIZE)
                .beginObject()
                .name("tenant")
                .string(who.tenant().value())
                .name("project")
                .string(who.project().value());
        KeyId key = who.keyId();
        if (key != null) {
            json.name("key_id").string(key.value());
        }
        TokenIdentity token = who.token();
        if (token != null) {
            json.name("sender").string(token.subject());
            time(json.name("expires_at"), token.expiresAt());
        }
        channels(json, who.channels());
        return scopes(json, who.scopes()).endObject().toByteArray();
    }

    private static void channels(JsonBytes json, ChannelAccess channels) {
        json.name("channels").beginObject();
        channels.grants().entrySet().stream()
                .sorted(Comparator.comparing(grant -> grant.getKey().text()))
                .forEach(grant -> {
                    json.name(grant.getKey().text()).beginArray();
                    grant.getValue().stream().sorted().forEach(capability -> json.string(capability.wireName()));
                    json.endArray();
                });
        json.endObject();
    }

    private static JsonBytes members(JsonBytes json, KeyInfo key) {
        json.name("tenant")
                .string(key.tenant().value())
                .name("project")
                .string(key.project().value())
                .name("name")
                .string(key.name());
        scopes(json, key.scopes());
        KeyGrant grant = key.grant();
        if (grant.publish() != null || grant.subscribe() != null) {
            json.name("topics").beginObject();
            strings(json.name("publish"), texts(grant.publish()));
            strings(json.name("subscribe"), texts(grant.subscribe())).endObject();
        }
        Integer rate = grant.rateLimit();
        if (rate != null) {
            json.name("rate_limit_per_sec").number(rate);
        }
        if (grant.addresses() != null) {
            strings(json.name("allowed_addresses"), grant.addresses());
        }
        if (grant.origins() != null) {
            strings(json.name("allowed_origins"), grant.origins());
        }
        KeyId successor = key.replacedBy();
        if (successor != null) {
            json.name("replaced_by").string(successor.value());
        }
        time(json.name("created_at"), key.createdAt());
        time(json.name("expires_at"), key.expiresAt());
        time(json.name("revoked_at"), key.revokedAt());
        time(json.name("last_used_at"), key.lastUsedAt());
        KeyUse use = key.lastUse();
        return optional(json.name("last_used_from"), use == null || use.from().isEmpty() ? null : use.from());
    }

    private static @Nullable List<String> texts(@Nullable List<TopicPattern> patterns) {
        return patterns == null
                ? null
                : patterns.stream().map(TopicPattern::text).toList();
    }

    private static JsonBytes strings(JsonBytes json, @Nullable List<String> texts) {
        if (texts == null) {
            return json.nil();
        }
        json.beginArray();
        texts.forEach(json::string);
        return json.endArray();
    }

    private static JsonBytes scopes(JsonBytes json, Set<Scope> scopes) {
        json.name("scopes").beginArray();
        scopes.stream().sorted().forEach(scope -> json.string(scope.wireName()));
        return json.endArray();
    }

    private static JsonBytes time(JsonBytes json, @Nullable Instant time) {
        return optional(json, time == null ? null : Timestamps.format(time));
    }

    private static JsonBytes optional(JsonBytes json, @Nullable String value) {
        return value == null ? json.nil() : json.string(value);
    }
}
