package dev.sandpiper.tokens.jose;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.util.Base64URL;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import java.util.Set;

/**
 * A key together with the one algorithm it is for: what a token says about its algorithm is compared with that, and never chooses.
 * Safe for use by several threads.
 */
public final class JwsKey {
    public static final int MIN_SECRET = 32;
    private static final byte[] ED25519_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    private interface Check {
        boolean verify(byte[] signed, byte[] signature) throws JOSEException, GeneralSecurityException;
    }

    private final Set<String> algorithms;
    private final boolean cheap;
    private final Check check;

    private JwsKey(Set<String> algorithms, boolean cheap, Check check) {
        this.algorithms = algorithms;
        this.cheap = cheap;
        this.check = check;
    }

    /** @param secret at least {@value #MIN_SECRET} bytes */
    public static JwsKey hs256(byte[] secret) {
        try {
            return new JwsKey(Set.of("HS256"), true, library(JWSAlgorithm.HS256, new MACVerifier(secret)));
        } catch (JOSEException e) {
            throw new IllegalArgumentException("a secret has at least " + MIN_SECRET + " bytes", e);
        }
    }

    static JwsKey rs256(RSAPublicKey key) {
        return new JwsKey(Set.of("RS256"), false, library(JWSAlgorithm.RS256, new RSASSAVerifier(key)));
    }

    static JwsKey es256(ECPublicKey key) throws JOSEException {
        return new JwsKey(Set.of("ES256"), false, library(JWSAlgorithm.ES256, new ECDSAVerifier(key)));
    }

    /** By the JDK: the library would need another one for it. The algorithm has a new name since RFC 9864. */
    static JwsKey ed25519(byte[] x) throws GeneralSecurityException {
        byte[] encoded = new byte[ED25519_PREFIX.length + x.length];
        System.arraycopy(ED25519_PREFIX, 0, encoded, 0, ED25519_PREFIX.length);
        System.arraycopy(x, 0, encoded, ED25519_PREFIX.length, x.length);
        PublicKey key = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
        return new JwsKey(Set.of("EdDSA", "Ed25519"), false, (signed, signature) -> {
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(key);
            verifier.update(signed);
            return verifier.verify(signature);
        });
    }

    private static Check library(JWSAlgorithm algorithm, JWSVerifier verifier) {
        var header = new JWSHeader(algorithm);
        return (signed, signature) -> verifier.verify(header, signed, Base64URL.encode(signature));
    }

    /** Whether a token that names this algorithm may be checked with this key. */
    public boolean isFor(String algorithm) {
        return algorithms.contains(algorithm);
    }

    /** Whether checking takes microseconds, and may be done on an event loop. */
    public boolean isCheap() {
        return cheap;
    }

    /** Whether the signature is right; a malformed one is wrong. */
    public boolean verify(byte[] signed, byte[] signature) {
        try {
            return check.verify(signed, signature);
        } catch (JOSEException | GeneralSecurityException e) {
            return false;
        }
    }
}
