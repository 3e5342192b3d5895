package dev.sandpiper.audit;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An export as lines of JSON: what it is about and the public keys, the checkpoints, the entries, and that this is the end. Envelope and
 * details stand there as JSON for other programs to read; whoever verifies makes the canonical text of them again.
 */
final class ExportLines {
    static final int VERSION = 1;
    static final String HEAD = "audit";
    static final String CHECKPOINT = "checkpoint";
    static final String ENTRY = "entry";
    static final String END = "end";

    private ExportLines() {}

    static JsonObject head(
            String chain, ChainVerifier.@Nullable Start start, Map<String, VerifyingKey> keys, Instant now) {
        var list = new JsonArray();
        keys.values().forEach(key -> list.add(key.text()));
        var head = new JsonObject()
                .put("type", HEAD)
                .put("version", VERSION)
                .put("chain", chain)
                .put("exported_at", now.toString())
                .put("keys", list);
        if (start != null && start.seq() > 0) {
            head.put("sealed", start.seq()).put("sealed_hash", Canonical.hex(start.hash()));
        }
        return head;
    }

    static JsonObject checkpoint(Checkpoint checkpoint) {
        return new JsonObject().put("type", CHECKPOINT).mergeIn(checkpoint.json());
    }

    static JsonObject entry(ChainEntry entry) {
        String details = entry.details();
        byte[] salt = entry.salt();
        var json =
                new JsonObject().put("type", ENTRY).put("seq", entry.seq()).put("envelope", parsed(entry.envelope()));
        if (details != null) {
            json.put("details", parsed(details));
        }
        if (salt != null) {
            json.put("salt", Canonical.hex(salt));
        }
        return json.put("signature", Base64.getEncoder().encodeToString(entry.signature()))
                .put("hash", Canonical.hex(entry.hash()));
    }

    static JsonObject end(long entries, long last) {
        return new JsonObject().put("type", END).put("entries", entries).put("last", last);
    }

    /** @throws IllegalArgumentException when it is none */
    static ChainEntry entry(String chain, JsonObject line) {
        try {
            JsonObject details = line.getJsonObject("details");
            String salt = line.getString("salt");
            return new ChainEntry(
                    chain,
                    line.getLong("seq"),
                    Canonical.text(line.getJsonObject("envelope")),
                    details == null ? null : Canonical.text(details),
                    salt == null ? null : HexFormat.of().parseHex(salt),
                    Base64.getDecoder().decode(line.getString("signature")),
                    HexFormat.of().parseHex(line.getString("hash")),
                    null);
        } catch (NullPointerException | ClassCastException e) {
            throw new IllegalArgumentException("is no entry", e);
        }
    }

    /** A text that is no JSON has been tampered with; it goes out as what it is, and the proof says the rest. */
    private static Object parsed(String text) {
        try {
            return new JsonObject(text);
        } catch (DecodeException e) {
            return text;
        }
    }
}
