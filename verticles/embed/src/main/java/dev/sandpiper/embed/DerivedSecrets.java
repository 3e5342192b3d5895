package dev.sandpiper.embed;

import dev.sandpiper.runtime.config.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** One secret of the installation, many keys: each purpose has its own, and none tells anything about another. */
final class DerivedSecrets {
    private static final String ALGORITHM = "HmacSHA256";

    private DerivedSecrets() {}

    /** The 32 bytes that cursors are signed with. */
    static byte[] cursorKey(Secret secret) {
        return derive(secret, "sandpiper/cursor/1");
    }

    /** The 32 bytes that delivery tokens of consumers are signed with. */
    static byte[] deliveryKey(Secret secret) {
        return derive(secret, "sandpiper/delivery/1");
    }

    /** The 32 bytes that secrets of issuers are encrypted with. */
    static byte[] issuerKey(Secret secret) {
        return derive(secret, "sandpiper/issuer-secret/1");
    }

    /** The 32 bytes that the key is made of that signs the audit trail. */
    static byte[] auditKey(Secret secret) {
        return derive(secret, "sandpiper/audit/1");
    }

    private static byte[] derive(Secret secret, String purpose) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret.reveal().getBytes(StandardCharsets.UTF_8), ALGORITHM));
            return mac.doFinal(purpose.getBytes(StandardCharsets.US_ASCII));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }
}
