package dev.sandpiper.audit;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.NamedParameterSpec;

/** What this installation signs with: Ed25519, made of 32 secret bytes. Safe for use by several threads. */
public final class SigningKey {
    private static final int SEED = 32;

    private final PrivateKey secret;
    private final VerifyingKey verifying;

    private SigningKey(PrivateKey secret, VerifyingKey verifying) {
        this.secret = secret;
        this.verifying = verifying;
    }

    /**
     * The same key for the same bytes.
     *
     * @param seed 32 of them
     */
    @SuppressWarnings("serial")
    public static SigningKey of(byte[] seed) {
        if (seed.length != SEED) {
            throw new IllegalArgumentException("a signing key is made of 32 bytes");
        }
        byte[] own = seed.clone();
        try {
            var generator = KeyPairGenerator.getInstance("Ed25519");
            // The secret key of Ed25519 is any 32 bytes: the generator takes them as they come.
            generator.initialize(NamedParameterSpec.ED25519, new SecureRandom() {
                @Override
                public void nextBytes(byte[] bytes) {
                    System.arraycopy(own, 0, bytes, 0, bytes.length);
                }
            });
            KeyPair pair = generator.generateKeyPair();
            return new SigningKey(pair.getPrivate(), VerifyingKey.of(pair.getPublic()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has Ed25519", e);
        }
    }

    public VerifyingKey verifying() {
        return verifying;
    }

    byte[] sign(byte[] message) {
        try {
            var signature = Signature.getInstance("Ed25519");
            signature.initSign(secret);
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has Ed25519", e);
        }
    }
}
