package dev.sandpiper.http;

import io.vertx.core.Vertx;
import io.vertx.core.net.KeyCertOptions;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;

/** Tells whether a private key belongs to a certificate: while an operator replaces two files, for a moment it does not. */
final class KeyPairCheck {
    private static final byte[] PROBE = {1};
    private static final Map<String, String> SIGNATURES =
            Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "EdDSA", "EdDSA");

    private KeyPairCheck() {}

    /**
     * Blocks for some milliseconds.
     *
     * @throws GeneralSecurityException when they do not belong together
     */
    static void check(Vertx vertx, KeyCertOptions options) throws Exception {
        for (KeyManager manager : options.getKeyManagerFactory(vertx).getKeyManagers()) {
            if (manager instanceof X509KeyManager keys) {
                check(keys);
            }
        }
    }

    private static void check(X509KeyManager keys) throws GeneralSecurityException {
        for (Map.Entry<String, String> kind : SIGNATURES.entrySet()) {
            String[] aliases = keys.getServerAliases(kind.getKey(), null);
            if (aliases != null && aliases.length > 0) {
                check(keys.getPrivateKey(aliases[0]), keys.getCertificateChain(aliases[0])[0], kind.getValue());
            }
        }
    }

    private static void check(PrivateKey key, X509Certificate certificate, String algorithm)
            throws GeneralSecurityException {
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(PROBE);
        byte[] signed = signature.sign();
        signature.initVerify(certificate.getPublicKey());
        signature.update(PROBE);
        if (!signature.verify(signed)) {
            throw new GeneralSecurityException("the private key does not belong to the certificate");
        }
    }
}
