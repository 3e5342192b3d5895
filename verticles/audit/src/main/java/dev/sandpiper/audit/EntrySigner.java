package dev.sandpiper.audit;

import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.runtime.audit.AuditActor;
import dev.sandpiper.runtime.audit.AuditEntry;
import dev.sandpiper.runtime.audit.AuditOrigin;
import dev.sandpiper.runtime.audit.AuditTarget;
import io.vertx.core.json.JsonObject;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Makes entries of what features tell. In the envelope stands what is about nobody: when, which action, of which kind; in the
 * details who, from where, on what, before and after. Safe for use by several threads.
 */
public final class EntrySigner {
    private static final int VERSION = 1;
    private static final int SALT = 32;
    private static final int ID = 16;

    private final SigningKey key;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    public EntrySigner(SigningKey key, Clock clock) {
        this.key = key;
        this.clock = clock;
    }

    /** @param chain which tells of it */
    public SignedEntry sign(String chain, AuditEntry entry) {
        return sign(chain, entry, null);
    }

    /** @param work what the entry says about the chain itself, under a name of its own in the envelope; null for nothing */
    SignedEntry sign(String chain, AuditEntry entry, @Nullable JsonObject work) {
        Instant at = clock.instant().truncatedTo(ChronoUnit.MICROS);
        AuditTarget target = entry.target();
        AuditOrigin origin = entry.origin();
        ProjectId project = target.project();
        String details = Canonical.text(details(entry));
        byte[] salt = bytes(SALT);
        var envelope = new JsonObject()
                .put("v", VERSION)
                .put("chain", chain)
                .put("id", Canonical.hex(bytes(ID)))
                .put("time", at.toString())
                .put("action", entry.action())
                .put("actor", origin.actor().kind().wireName())
                .put("target", target.kind())
                .put("details", commitment(salt, details))
                .put("key", key.verifying().id());
        if (project != null) {
            envelope.put("project", project.value());
        }
        if (work != null) {
            envelope.mergeIn(work);
        }
        String text = Canonical.text(envelope);
        return new SignedEntry(
                chain,
                at,
                entry.action(),
                project == null ? "" : project.value(),
                actor(origin.actor().kind().wireName(), origin.actor().id()),
                target(target.kind(), target.id()),
                text,
                details,
                salt,
                key.sign(Canonical.utf8(text)));
    }

    /** As in the column, to find entries by. */
    static String actor(String kind, String id) {
        return id.isEmpty() ? kind : kind + ":" + id;
    }

    static String target(String kind, String id) {
        return id.isEmpty() ? kind : kind + ":" + id;
    }

    static String commitment(byte[] salt, String details) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(salt, "HmacSHA256"));
            return Canonical.hex(mac.doFinal(Canonical.utf8(details)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HMAC", e);
        }
    }

    private static JsonObject details(AuditEntry entry) {
        AuditOrigin origin = entry.origin();
        AuditActor actor = origin.actor();
        var who = new JsonObject().put("kind", actor.kind().wireName());
        put(who, "id", actor.id());
        put(who, "tenant", actor.tenant());
        var target = new JsonObject().put("kind", entry.target().kind());
        put(target, "id", entry.target().id());
        var details = new JsonObject().put("actor", who).put("target", target);
        if (entry.target().tenant() != null) {
            target.put("tenant", entry.target().tenant().value());
        }
        put(details, "request_id", origin.requestId());
        put(details, "address", origin.address());
        put(details, "before", Redaction.of(entry.before()));
        put(details, "after", Redaction.of(entry.after()));
        return details;
    }

    private static void put(JsonObject json, String name, @Nullable Object value) {
        if (value != null && !value.equals("")) {
            json.put(name, value);
        }
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }
}
