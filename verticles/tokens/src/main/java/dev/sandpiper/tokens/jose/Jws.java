package dev.sandpiper.tokens.jose;

import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.protocol.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A signed token in its compact form, taken apart and not believed yet. Members of the header that say where a key could be had
 * ({@code jku}, {@code x5u}, {@code jwk}, {@code x5c}) are not even looked at; whatever would change the meaning of the rest is refused.
 *
 * @param keyId null when the token does not say
 */
public record Jws(String algorithm, @Nullable String keyId, byte[] payload, byte[] signed, byte[] signature) {
    /** Characters of a token. */
    public static final int MAX_LENGTH = 8_192;

    private static final int MAX_KEY_ID = 256;

    /** @throws PlatformException when it is no token, or one of a kind that is not for us */
    public static Jws parse(String token) {
        int first = token.indexOf('.');
        int second = token.indexOf('.', first + 1);
        boolean threeParts =
                first > 0 && second > first + 1 && second < token.length() - 1 && token.indexOf('.', second + 1) < 0;
        if (token.length() > MAX_LENGTH || !threeParts) {
            throw malformed("is no signed token");
        }
        Header header = Header.parse(bytes(token.substring(0, first)));
        return new Jws(
                header.algorithm,
                header.keyId,
                bytes(token.substring(first + 1, second)),
                token.substring(0, second).getBytes(StandardCharsets.US_ASCII),
                bytes(token.substring(second + 1)));
    }

    /** There is one way only to write any bytes: no padding, no stray bits. */
    private static byte[] bytes(String part) {
        try {
            byte[] decoded = Base64.getUrlDecoder().decode(part);
            if (Base64.getUrlEncoder().withoutPadding().encodeToString(decoded).equals(part)) {
                return decoded;
            }
        } catch (IllegalArgumentException e) {
            throw new PlatformException(new RequestError.InvalidParameter("token", "is not base64url"), e);
        }
        throw malformed("is not base64url");
    }

    private static PlatformException malformed(String reason) {
        return new PlatformException(new RequestError.InvalidParameter("token", reason));
    }

    private record Header(String algorithm, @Nullable String keyId) {
        static Header parse(byte[] bytes) {
            String algorithm = null;
            String keyId = null;
            try (StrictJson json = StrictJson.read(bytes, 0, bytes.length)) {
                json.beginObject();
                for (String member = json.nextMember(); member != null; member = json.nextMember()) {
                    switch (member) {
                        case "alg" -> algorithm = json.string(member);
                        case "kid" -> keyId = json.string(member);
                        case "typ" -> requireAccess(json.string(member));
                        case "crit", "b64", "zip", "enc", "cty" -> throw malformed("has a " + member);
                        default -> json.skipValue();
                    }
                }
                json.end();
            }
            if (algorithm == null || (keyId != null && keyId.length() > MAX_KEY_ID)) {
                throw malformed("has no algorithm, or too long a key id");
            }
            return new Header(algorithm, keyId);
        }

        /** What the issuer made for another purpose, such as a word about a logout, does not let anybody in. */
        private static void requireAccess(String type) {
            String plain = type.toLowerCase(Locale.ROOT);
            if (!plain.equals("jwt") && !plain.equals("at+jwt") && !plain.equals("application/at+jwt")) {
                throw malformed("is of another type");
            }
        }
    }
}
