package dev.sandpiper.tokens.jose;

import com.nimbusds.jose.Algorithm;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import dev.sandpiper.protocol.StrictJson;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.interfaces.RSAPublicKey;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one issuer, as it publishes them (RFC 7517). Of a set, those are used that can check a signature of one of our
 * algorithms; the others are somebody else's.
 */
public final class KeySet {
    private static final int MAX_KEYS = 100;
    private static final int MIN_RSA_BITS = 2_048;
    /** Longer ones would only cost time. */
    private static final int MAX_RSA_BITS = 8_192;

    private record Named(@Nullable String id, JwsKey key) {}

    private final List<Named> keys;

    private KeySet(List<Named> keys) {
        this.keys = keys;
    }

    /** @throws IllegalArgumentException when it is no set of keys, or none of them can be used */
    public static KeySet parse(byte[] json) {
        JsonArray entries = entries(json);
        List<Named> keys = new ArrayList<>();
        for (int i = 0; i < Math.min(entries.size(), MAX_KEYS); i++) {
            if (entries.getValue(i) instanceof JsonObject entry) {
                Named key = usable(entry);
                if (key != null) {
                    keys.add(key);
                }
            }
        }
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("none of the keys can be used");
        }
        return new KeySet(keys);
    }

    /** Null when there is none, or more than one, that it could be. */
    public @Nullable JwsKey find(@Nullable String id, String algorithm) {
        JwsKey found = null;
        for (Named named : keys) {
            if ((id == null || id.equals(named.id)) && named.key.isFor(algorithm)) {
                if (found != null) {
                    return null;
                }
                found = named.key;
            }
        }
        return found;
    }

    public int size() {
        return keys.size();
    }

    private static JsonArray entries(byte[] json) {
        try (StrictJson document = StrictJson.read(json, 0, json.length)) {
            document.skipValue();
            document.end();
            Object keys = new JsonObject(new String(json, StandardCharsets.UTF_8)).getValue("keys");
            if (keys instanceof JsonArray array) {
                return array;
            }
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("the answer is no JSON object", e);
        }
        throw new IllegalArgumentException("there is no array of keys");
    }

    /** Null for one that is malformed, too weak, or for something else. */
    private static @Nullable Named usable(JsonObject entry) {
        try {
            JWK key = JWK.parse(entry.getMap());
            boolean verifies = (key.getKeyUse() == null || KeyUse.SIGNATURE.equals(key.getKeyUse()))
                    && (key.getKeyOperations() == null || key.getKeyOperations().contains(KeyOperation.VERIFY));
            JwsKey usable = verifies ? key(key) : null;
            return usable == null ? null : new Named(key.getKeyID(), usable);
        } catch (ParseException | JOSEException | GeneralSecurityException | RuntimeException e) {
            return null;
        }
    }

    private static @Nullable JwsKey key(JWK key) throws JOSEException, GeneralSecurityException {
        JwsKey made = null;
        if (key instanceof RSAKey rsa) {
            made = rsa(rsa.toRSAPublicKey());
        } else if (key instanceof ECKey ec && Curve.P_256.equals(ec.getCurve())) {
            made = JwsKey.es256(ec.toECPublicKey());
        } else if (key instanceof OctetKeyPair pair && Curve.Ed25519.equals(pair.getCurve())) {
            made = JwsKey.ed25519(pair.getDecodedX());
        }
        Algorithm declared = key.getAlgorithm();
        return made == null || (declared != null && !made.isFor(Objects.requireNonNull(declared.getName())))
                ? null
                : made;
    }

    private static @Nullable JwsKey rsa(RSAPublicKey key) {
        int bits = key.getModulus().bitLength();
        return bits < MIN_RSA_BITS
                        || bits > MAX_RSA_BITS
                        || key.getPublicExponent().bitLength() > 32
                ? null
                : JwsKey.rs256(key);
    }
}
