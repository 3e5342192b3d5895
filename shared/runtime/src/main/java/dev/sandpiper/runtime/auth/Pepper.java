package dev.sandpiper.runtime.auth;

import dev.sandpiper.runtime.config.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The installation's secret, as far as keys are concerned: what PostgreSQL holds is an HMAC under it, so that a stolen
 * database opens nothing. Derived, so that the same secret may serve other purposes. Safe for use by several threads.
 */
final class Pepper {
    /** Of a secret, in bytes. */
    static final int MIN_LENGTH = 16;

    private static final String ALGORITHM = "HmacSHA256";

    private final String id;
    private final ThreadLocal<Mac> macs;

    Pepper(Secret secret) {
        byte[] bytes = secret.reveal().getBytes(StandardCharsets.UTF_8);
        if (bytes.length < MIN_LENGTH) {
            throw new IllegalArgumentException("the secret has at least " + MIN_LENGTH + " bytes");
        }
        Mac root = mac(new SecretKeySpec(bytes, ALGORITHM));
        var key = new SecretKeySpec(root.doFinal(ascii("sandpiper/api-key-pepper/1")), ALGORITHM);
        byte[] name = mac(key).doFinal(ascii("id"));
        this.id = HexFormat.of().formatHex(Arrays.copyOf(name, 4));
        this.macs = ThreadLocal.withInitial(() -> mac(key));
    }

    /** Tells one pepper from another without telling what it is. */
    String id() {
        return id;
    }

    byte[] hmac(ApiKey key) {
        return macs.get().doFinal(key.signed());
    }

    /** In constant time. */
    boolean matches(ApiKey key, byte[] expected) {
        return MessageDigest.isEqual(hmac(key), expected);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static Mac mac(SecretKeySpec key) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }
}
