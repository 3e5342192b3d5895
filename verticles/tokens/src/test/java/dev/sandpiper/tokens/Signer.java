package dev.sandpiper.tokens;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Makes tokens as an issuer does, with nothing but the JDK; and such as no issuer should. */
interface Signer {
    /** Of the key, in the sets that are published. */
    JsonObject jwk();

    String algorithm();

    byte[] sign(byte[] text);

    default String token(JsonObject claims) {
        var header = new JsonObject().put("alg", algorithm());
        if (jwk().containsKey("kid")) {
            header.put("kid", jwk().getString("kid"));
        }
        return token(header, claims);
    }

    default String token(JsonObject header, JsonObject claims) {
        return token(header.encode(), claims.encode());
    }

    default String token(String header, String claims) {
        String text = base64(header) + "." + base64(claims);
        return text + "." + base64(sign(text.getBytes(StandardCharsets.US_ASCII)));
    }

    static String base64(String text) {
        return base64(text.getBytes(StandardCharsets.UTF_8));
    }

    static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    static String keySet(Signer... signers) {
        var keys = new JsonArray();
        Arrays.stream(signers).map(Signer::jwk).forEach(keys::add);
        return new JsonObject().put("keys", keys).encode();
    }

    static Signer hs256(byte[] secret) {
        return new Signed("HS256", new JsonObject(), text -> {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return mac.doFinal(text);
        });
    }

    static Signer hs256(String secret) {
        return hs256(secret.getBytes(StandardCharsets.UTF_8));
    }

    static Signer rs256(String id, KeyPair pair) {
        var key = (RSAPublicKey) pair.getPublic();
        var jwk = new JsonObject()
                .put("kty", "RSA")
                .put("kid", id)
                .put("n", base64(unsigned(key.getModulus())))
                .put("e", base64(unsigned(key.getPublicExponent())));
        return new Signed("RS256", jwk, text -> signature("SHA256withRSA", pair, text));
    }

    static Signer es256(String id) {
        KeyPair pair = pair("EC", 0);
        var key = (ECPublicKey) pair.getPublic();
        var jwk = new JsonObject()
                .put("kty", "EC")
                .put("crv", "P-256")
                .put("kid", id)
                .put("x", base64(fixed(key.getW().getAffineX())))
                .put("y", base64(fixed(key.getW().getAffineY())));
        return new Signed("ES256", jwk, text -> signature("SHA256withECDSAinP1363Format", pair, text));
    }

    static Signer ed25519(String id) {
        KeyPair pair = pair("Ed25519", 0);
        var key = (EdECPublicKey) pair.getPublic();
        byte[] x = new byte[32];
        byte[] big = unsigned(key.getPoint().getY());
        for (int i = 0; i < big.length; i++) {
            x[i] = big[big.length - 1 - i];
        }
        if (key.getPoint().isXOdd()) {
            x[31] |= (byte) 0x80;
        }
        var jwk = new JsonObject()
                .put("kty", "OKP")
                .put("crv", "Ed25519")
                .put("kid", id)
                .put("x", base64(x));
        return new Signed("EdDSA", jwk, text -> signature("Ed25519", pair, text));
    }

    /** @param bits 0 for an algorithm that has one size */
    static KeyPair pair(String algorithm, int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            if (bits > 0) {
                generator.initialize(bits);
            } else if (algorithm.equals("EC")) {
                generator.initialize(new ECGenParameterSpec("secp256r1"));
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] signature(String algorithm, KeyPair pair, byte[] text) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(pair.getPrivate());
        signature.update(text);
        return signature.sign();
    }

    private static byte[] unsigned(BigInteger number) {
        byte[] bytes = number.toByteArray();
        return bytes[0] == 0 && bytes.length > 1 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
    }

    private static byte[] fixed(BigInteger number) {
        byte[] bytes = unsigned(number);
        byte[] padded = new byte[32];
        System.arraycopy(bytes, 0, padded, 32 - bytes.length, bytes.length);
        return padded;
    }

    /** What signs. */
    interface Signing {
        byte[] sign(byte[] text) throws GeneralSecurityException;
    }

    /** By the JDK. */
    record Signed(String algorithm, JsonObject jwk, Signing signing) implements Signer {
        @Override
        public byte[] sign(byte[] text) {
            try {
                return signing.sign(text);
            } catch (GeneralSecurityException e) {
                throw new AssertionError(e);
            }
        }
    }
}
