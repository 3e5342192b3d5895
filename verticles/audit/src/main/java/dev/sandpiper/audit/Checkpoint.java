package dev.sandpiper.audit;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Objects;

/**
 * How a chain was at one moment, signed.
 *
 * @param number of the chain's checkpoints, from 1 without a gap
 * @param seq of the newest entry
 * @param hash of that entry, in hexadecimal digits
 * @param previous SHA-256 of the text of the checkpoint before, in hexadecimal digits; empty for the first one
 * @param key the id of the key it is signed with
 * @param signature of the canonical text of everything else, in base64
 */
public record Checkpoint(
        String chain, long number, long seq, String hash, Instant at, String previous, String key, String signature) {

    static Checkpoint sign(
            SigningKey key, String chain, long number, long seq, String hash, Instant now, String previous) {
        Instant at = now.truncatedTo(ChronoUnit.MILLIS);
        var unsigned = new Checkpoint(
                chain, number, seq, hash, at, previous, key.verifying().id(), "");
        byte[] signature = key.sign(Canonical.utf8(unsigned.claim()));
        return new Checkpoint(
                chain,
                number,
                seq,
                hash,
                at,
                previous,
                unsigned.key(),
                Base64.getEncoder().encodeToString(signature));
    }

    /** @throws IllegalArgumentException when it is none */
    public static Checkpoint parse(JsonObject json) {
        try {
            return new Checkpoint(
                    text(json, "chain"),
                    Objects.requireNonNull(json.getLong("number")),
                    Objects.requireNonNull(json.getLong("seq")),
                    text(json, "hash"),
                    Objects.requireNonNull(json.getInstant("time")),
                    text(json, "previous"),
                    text(json, "key"),
                    text(json, "signature"));
        } catch (NullPointerException | ClassCastException | DecodeException | java.time.DateTimeException e) {
            throw new IllegalArgumentException("is no checkpoint", e);
        }
    }

    public JsonObject json() {
        return claims().put("signature", signature);
    }

    /** What the next one calls the previous. */
    String digest() {
        return Canonical.hex(Canonical.sha256(Canonical.text(json())));
    }

    boolean isSignedBy(VerifyingKey verifying) {
        try {
            return verifying.id().equals(key)
                    && verifying.signed(
                            Canonical.utf8(claim()), Base64.getDecoder().decode(signature));
        } catch (IllegalArgumentException e) {
            // No base64.
            return false;
        }
    }

    private String claim() {
        return Canonical.text(claims());
    }

    private JsonObject claims() {
        return new JsonObject()
                .put("chain", chain)
                .put("number", number)
                .put("seq", seq)
                .put("hash", hash)
                .put("time", at)
                .put("previous", previous)
                .put("key", key);
    }

    private static String text(JsonObject json, String name) {
        return Objects.requireNonNull(json.getString(name));
    }
}
