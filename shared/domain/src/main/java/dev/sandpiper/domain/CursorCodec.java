package dev.sandpiper.domain;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Turns a {@link Cursor} into the opaque string that clients hold, and back.
 *
 * <p>The string is the base64url form of 21 bytes: epoch (4), sequence (8) and the first 9 bytes of an HMAC-SHA-256 over
 * tenant, project, epoch and sequence. So it is the same on every node and transport, worth nothing in another project,
 * and cannot be made up. 21 bytes fill 28
 * characters exactly, so that no character has bits that a decoder would ignore. Safe for use by several threads.
 */
public final class CursorCodec {
    private static final int TAG_BYTES = 9;
    private static final int BODY_BYTES = Integer.BYTES + Long.BYTES;
    private static final int TEXT_LENGTH = 28;
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
    private static final Base64.Decoder DECODER = Base64.getUrlDecoder();

    private final ThreadLocal<Mac> macs;

    /** @param secret at least 32 bytes, the same on every node of the installation */
    public CursorCodec(byte[] secret) {
        if (secret.length < 32) {
            throw new IllegalArgumentException("a cursor secret has at least 32 bytes");
        }
        var key = new SecretKeySpec(secret.clone(), "HmacSHA256");
        this.macs = ThreadLocal.withInitial(() -> mac(key));
    }

    public String encode(TenantId tenant, ProjectId project, Cursor cursor) {
        ByteBuffer bytes = ByteBuffer.allocate(BODY_BYTES + TAG_BYTES)
                .putInt(cursor.epoch())
                .putLong(cursor.sequence());
        bytes.put(tag(tenant, project, bytes.array()), 0, TAG_BYTES);
        return ENCODER.encodeToString(bytes.array());
    }

    /** @throws PlatformException with {@link RequestError.InvalidCursor} when it was not made here for this project */
    public Cursor decode(TenantId tenant, ProjectId project, String text) {
        byte[] bytes = bytes(text);
        byte[] expected = Arrays.copyOf(tag(tenant, project, bytes), TAG_BYTES);
        byte[] actual = Arrays.copyOfRange(bytes, BODY_BYTES, BODY_BYTES + TAG_BYTES);
        ByteBuffer body = ByteBuffer.wrap(bytes);
        int epoch = body.getInt();
        long sequence = body.getLong();
        if (!MessageDigest.isEqual(expected, actual) || sequence < 0) {
            throw new PlatformException(new RequestError.InvalidCursor());
        }
        return new Cursor(epoch, sequence);
    }

    private static byte[] bytes(String text) {
        if (text.length() == TEXT_LENGTH) {
            try {
                return DECODER.decode(text);
            } catch (IllegalArgumentException e) {
                throw new PlatformException(new RequestError.InvalidCursor(), e);
            }
        }
        throw new PlatformException(new RequestError.InvalidCursor());
    }

    private byte[] tag(TenantId tenant, ProjectId project, byte[] body) {
        Mac mac = macs.get();
        mac.update(tenant.value().getBytes(StandardCharsets.US_ASCII));
        mac.update((byte) 0);
        mac.update(project.value().getBytes(StandardCharsets.US_ASCII));
        mac.update((byte) 0);
        mac.update(body, 0, BODY_BYTES);
        return mac.doFinal();
    }

    private static Mac mac(SecretKeySpec key) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }
}
