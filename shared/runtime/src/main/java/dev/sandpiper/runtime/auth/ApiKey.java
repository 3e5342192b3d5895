package dev.sandpiper.runtime.auth;

import dev.sandpiper.domain.KeyId;
import dev.sandpiper.runtime.config.Secret;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The credential {@code sp_<environment>_<id>_<secret><checksum>}: an id of 16 characters to look it up by, 256 bits of secret
 * in 43 characters, and the CRC-32 of all before it in 6, all in base 62. The checksum lets a typo be refused without asking
 * anybody, and a scanner for leaked secrets be sure (the scheme of GitHub's tokens).
 */
final class ApiKey {
    private static final String PREFIX = "sp_";
    private static final int SECRET_LENGTH = Base62.LENGTH_OF_256_BITS;
    private static final int CHECKSUM_LENGTH = 6;
    private static final int AFTER_ENVIRONMENT = 1 + KeyId.LENGTH + 1 + SECRET_LENGTH + CHECKSUM_LENGTH;
    private static final int MAX_ENVIRONMENT = 12;
    private static final Pattern ENVIRONMENT = Pattern.compile("[a-z][a-z0-9]{0," + (MAX_ENVIRONMENT - 1) + "}");

    private final String text;
    private final String id;
    private final byte[] signed;

    private ApiKey(String text, String id, byte[] signed) {
        this.text = text;
        this.id = id;
        this.signed = signed;
    }

    /** Whether keys may carry this environment: 1 to 12 characters of {@code [a-z0-9]}, the first a letter. */
    static boolean isEnvironment(String environment) {
        return ENVIRONMENT.matcher(environment).matches();
    }

    static ApiKey generate(String environment, SecureRandom random) {
        if (!isEnvironment(environment)) {
            throw new IllegalArgumentException("an environment is 1 to 12 characters of [a-z0-9], the first a letter");
        }
        String id = Base62.random(random, KeyId.LENGTH);
        String signed = PREFIX + environment + "_" + id + "_" + Base62.random(random, SECRET_LENGTH);
        byte[] bytes = signed.getBytes(StandardCharsets.US_ASCII);
        return new ApiKey(signed + Base62.encode(checksum(bytes), CHECKSUM_LENGTH), id, bytes);
    }

    /** Null when the text is no key, or one with a typo. */
    static @Nullable ApiKey parse(String text) {
        int environmentEnd = text.length() - AFTER_ENVIRONMENT;
        int idStart = environmentEnd + 1;
        int idEnd = idStart + KeyId.LENGTH;
        int signedEnd = text.length() - CHECKSUM_LENGTH;
        boolean wellFormed = environmentEnd > PREFIX.length()
                && environmentEnd <= PREFIX.length() + MAX_ENVIRONMENT
                && text.startsWith(PREFIX)
                && isEnvironment(text, PREFIX.length(), environmentEnd)
                && text.charAt(environmentEnd) == '_'
                && Base62.isAll(text, idStart, idEnd)
                && text.charAt(idEnd) == '_'
                && Base62.isAll(text, idEnd + 1, text.length());
        if (!wellFormed) {
            return null;
        }
        byte[] signed = text.substring(0, signedEnd).getBytes(StandardCharsets.US_ASCII);
        if (!text.endsWith(Base62.encode(checksum(signed), CHECKSUM_LENGTH))) {
            return null;
        }
        return new ApiKey(text, text.substring(idStart, idEnd), signed);
    }

    /** By which it is looked up; has the form of a {@link KeyId}. */
    String id() {
        return id;
    }

    /** Everything but the checksum: what its HMAC is made of, so that no part can be exchanged. Not to be changed. */
    byte[] signed() {
        return signed;
    }

    Secret text() {
        return new Secret(text);
    }

    /** Hides the secret. */
    @Override
    public String toString() {
        return "ApiKey[" + id + "]";
    }

    private static boolean isEnvironment(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            boolean letter = c >= 'a' && c <= 'z';
            boolean digit = c >= '0' && c <= '9';
            if (!letter && !(digit && i > from)) {
                return false;
            }
        }
        return true;
    }

    private static long checksum(byte[] bytes) {
        var crc = new CRC32();
        crc.update(bytes);
        return crc.getValue();
    }
}
