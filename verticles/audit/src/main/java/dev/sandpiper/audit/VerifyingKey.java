package dev.sandpiper.audit;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;

/**
 * The public half of a {@link SigningKey}.
 *
 * @param id of the key: the beginning of the SHA-256 of its encoding, in hexadecimal digits
 */
public record VerifyingKey(String id, PublicKey key) {
    private static final int ID_BYTES = 16;

    static VerifyingKey of(PublicKey key) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
            return new VerifyingKey(Canonical.hex(Arrays.copyOf(hash, ID_BYTES)), key);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** @throws IllegalArgumentException when {@link #text} did not make it */
    public static VerifyingKey parse(String text) {
        try {
            byte[] encoded = Base64.getDecoder().decode(text.strip());
            return of(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded)));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("is no Ed25519 key", e);
        }
    }

    /** In base64, as X.509 encodes it: what stands between the lines of a PEM file. */
    public String text() {
        return Base64.getEncoder().encodeToString(key.getEncoded());
    }

    boolean signed(byte[] message, byte[] bytes) {
        try {
            var signature = Signature.getInstance("Ed25519");
            signature.initVerify(key);
            signature.update(message);
            return signature.verify(bytes);
        } catch (SignatureException e) {
            // Bytes that are no signature at all.
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has Ed25519", e);
        }
    }
}
