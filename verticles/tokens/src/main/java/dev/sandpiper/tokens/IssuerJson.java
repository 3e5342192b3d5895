package dev.sandpiper.tokens;

import dev.sandpiper.domain.Capability;
import dev.sandpiper.domain.ChannelAccess;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.protocol.StrictJson;
import dev.sandpiper.protocol.Timestamps;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;

/** Issuers and revocations as clients see them; never a secret, but once. */
public final class IssuerJson {
    private IssuerJson() {}

    /** The only answer with a secret in it, when it was made here. */
    static byte[] created(TokenAdmin.Created created) {
        JsonObject json = object(created.issuer());
        if (created.secret() != null) {
            json.put("secret", created.secret());
        }
        return json.toBuffer().getBytes();
    }

    static byte[] encode(Issuer issuer) {
        return object(issuer).toBuffer().getBytes();
    }

    static byte[] list(List<Issuer> issuers) {
        var items = new JsonArray();
        issuers.forEach(issuer -> items.add(object(issuer)));
        return new JsonObject().put("items", items).putNull("next").toBuffer().getBytes();
    }

    static byte[] encode(Revocation revocation) {
        return object(revocation).toBuffer().getBytes();
    }

    /** Also for the audit trail. */
    public static JsonObject object(Issuer issuer) {
        var json = new JsonObject()
                .put("id", issuer.id().value())
                .put("tenant", issuer.tenant().value())
                .put("project", issuer.project().value())
                .put("type", issuer.type().wireName())
                .put("issuer", issuer.name())
                .put("audience", issuer.audience());
        if (issuer.url() != null) {
            json.put("url", issuer.url().toString());
        }
        var scopes = new JsonArray();
        issuer.scopes().stream().sorted().map(Scope::wireName).forEach(scopes::add);
        return json.put("leeway_seconds", issuer.leeway().toSeconds())
                .put("scopes", scopes)
                .put("channels", channels(issuer.channels()))
                .put("created_at", Timestamps.format(issuer.createdAt()));
    }

    /** Likewise. */
    public static JsonObject object(Revocation revocation) {
        var json = new JsonObject()
                .put("tenant", revocation.tenant().value())
                .put("project", revocation.project().value())
                .put(revocation.kind() == Revocation.Kind.TOKEN ? "token_id" : "user", revocation.value());
        if (revocation.kind() == Revocation.Kind.USER) {
            json.put("before", Timestamps.format(revocation.issuedUntil()));
        }
        return json.put("expires_at", Timestamps.format(revocation.expiresAt()));
    }

    /** Back from {@link #channels(ChannelAccess)}. */
    public static ChannelAccess channels(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try (StrictJson json = StrictJson.read(bytes, 0, bytes.length)) {
            return Claims.channels(json, "channels");
        }
    }

    /** As in a token: patterns and what they allow, in a settled order. */
    public static JsonObject channels(ChannelAccess channels) {
        var json = new JsonObject();
        channels.grants().entrySet().stream()
                .sorted(Comparator.comparing(grant -> grant.getKey().text()))
                .forEach(grant -> {
                    var capabilities = new JsonArray();
                    grant.getValue().stream().sorted().map(Capability::wireName).forEach(capabilities::add);
                    json.put(grant.getKey().text(), capabilities);
                });
        return json;
    }
}
