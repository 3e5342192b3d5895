package dev.sandpiper.tokens.postgres;

import dev.sandpiper.domain.IssuerId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Secrets of issuers at rest: AES-256-GCM under a key that is derived from the installation's secret and is not in the database, bound to
 * the id of their issuer, so that a stolen database opens nothing, and a row copied over another does not either. Safe for use by
 * several threads.
 *
 * <p>The format is one byte of version, 4 of the key's name, 12 of nonce, and the ciphertext with its 16 bytes of tag.
 */
public final class IssuerSecrets {
    private static final byte VERSION = 1;
    private static final int KEY = 32;
    private static final int NAME = 4;
    private static final int NONCE = 12;
    private static final int TAG_BITS = 128;
    private static final String CIPHER = "AES/GCM/NoPadding";

    private final SecretKeySpec key;
    private final byte[] name;
    private final SecureRandom random = new SecureRandom();

    /** @param key 32 bytes, for this purpose alone */
    public IssuerSecrets(byte[] key) {
        if (key.length != KEY) {
            throw new IllegalArgumentException("a key has " + KEY + " bytes");
        }
        this.key = new SecretKeySpec(key, "AES");
        this.name = Arrays.copyOf(sha256(key), NAME);
    }

    byte[] seal(IssuerId issuer, byte[] secret) {
        byte[] nonce = new byte[NONCE];
        random.nextBytes(nonce);
        byte[] sealed = run(Cipher.ENCRYPT_MODE, issuer, nonce, secret)
                .orElseThrow(() -> new IllegalStateException("every JDK has " + CIPHER));
        return ByteBuffer.allocate(1 + NAME + NONCE + sealed.length)
                .put(VERSION)
                .put(name)
                .put(nonce)
                .put(sealed)
                .array();
    }

    /** Empty when it was sealed by an installation with another secret, for another issuer, or is damaged. */
    Optional<byte[]> open(IssuerId issuer, byte[] stored) {
        if (stored.length < 1 + NAME + NONCE || stored[0] != VERSION) {
            return Optional.empty();
        }
        int sealed = 1 + NAME + NONCE;
        return run(
                Cipher.DECRYPT_MODE,
                issuer,
                Arrays.copyOfRange(stored, 1 + NAME, sealed),
                Arrays.copyOfRange(stored, sealed, stored.length));
    }

    private Optional<byte[]> run(int mode, IssuerId issuer, byte[] nonce, byte[] input) {
        try {
            Cipher cipher = Cipher.getInstance(CIPHER);
            cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
            cipher.updateAAD(issuer.value().getBytes(StandardCharsets.US_ASCII));
            return Optional.of(cipher.doFinal(input));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
