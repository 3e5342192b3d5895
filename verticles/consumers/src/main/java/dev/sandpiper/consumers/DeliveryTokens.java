package dev.sandpiper.consumers;

import dev.sandpiper.domain.ConsumerError;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.PlatformException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Turns a {@link Claim} into the opaque string that a worker holds, and back; and makes the dedupe keys of what workers publish
 * for it. A token is the base64url form of 36 bytes: delivery (4), epoch (4), sequence (8), fence (8), and 12 bytes of an
 * HMAC-SHA-256 over these and the consumer's tenant, project and name. 36 bytes fill 48 characters exactly, so that no
 * character has bits that a decoder would ignore. The delivery, a small number, comes first, so that no token begins with a dash: a
 * command would take it for an option. Safe for use by several threads.
 */
public final class DeliveryTokens {
    private static final int TAG_BYTES = 12;
    private static final int BODY_BYTES = Integer.BYTES + Long.BYTES + Long.BYTES + Integer.BYTES;
    private static final int TEXT_LENGTH = 48;
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private final ThreadLocal<Mac> macs;

    /** @param secret the same on every node of the installation */
    public DeliveryTokens(byte[] secret) {
        var key = new SecretKeySpec(secret.clone(), "HmacSHA256");
        this.macs = ThreadLocal.withInitial(() -> mac(key));
    }

    public String encode(Consumer consumer, Claim claim) {
        ByteBuffer bytes = ByteBuffer.allocate(BODY_BYTES + TAG_BYTES)
                .putInt(claim.delivery())
                .putInt(claim.source().epoch())
                .putLong(claim.source().sequence())
                .putLong(claim.fence());
        bytes.put(tag(consumer, bytes.array()));
        return ENCODER.encodeToString(bytes.array());
    }

    /** @throws PlatformException with {@code INVALID_DELIVERY_TOKEN} when it was not made for this consumer */
    public Claim decode(Consumer consumer, String token) {
        byte[] bytes = bytes(token);
        byte[] actual = Arrays.copyOfRange(bytes, BODY_BYTES, BODY_BYTES + TAG_BYTES);
        if (!MessageDigest.isEqual(tag(consumer, bytes), actual)) {
            throw new PlatformException(new ConsumerError.InvalidDeliveryToken());
        }
        ByteBuffer body = ByteBuffer.wrap(bytes);
        int delivery = body.getInt();
        int epoch = body.getInt();
        long sequence = body.getLong();
        return new Claim(new Cursor(epoch, sequence), body.getLong(), delivery);
    }

    /**
     * The dedupe key of the output at {@code index} of a source event: the same on every node and for every worker, and none
     * that a client could come upon.
     */
    String outputKey(Incarnation of, Cursor source, int index) {
        Mac mac = macs.get();
        update(mac, "output");
        update(mac, of.tenant().value());
        update(mac, of.project().value());
        update(mac, of.durable());
        mac.update(ByteBuffer.allocate(Long.BYTES + 2 * Integer.BYTES)
                .putInt(source.epoch())
                .putLong(source.sequence())
                .putInt(index)
                .flip());
        return "sp-output-" + ENCODER.encodeToString(Arrays.copyOf(mac.doFinal(), 24));
    }

    private byte[] tag(Consumer consumer, byte[] bytes) {
        Mac mac = macs.get();
        update(mac, "token");
        update(mac, consumer.tenant().value());
        update(mac, consumer.project().value());
        update(mac, consumer.name());
        mac.update(bytes, 0, BODY_BYTES);
        return Arrays.copyOf(mac.doFinal(), TAG_BYTES);
    }

    private static void update(Mac mac, String text) {
        mac.update(text.getBytes(StandardCharsets.US_ASCII));
        mac.update((byte) 0);
    }

    private static byte[] bytes(String token) {
        if (token.length() == TEXT_LENGTH) {
            try {
                return Base64.getUrlDecoder().decode(token);
            } catch (IllegalArgumentException e) {
                throw new PlatformException(new ConsumerError.InvalidDeliveryToken(), e);
            }
        }
        throw new PlatformException(new ConsumerError.InvalidDeliveryToken());
    }

    private static Mac mac(SecretKeySpec key) {
        try {
            Mac mac = Mac.getInstance(key.getAlgorithm());
            mac.init(key);
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + key.getAlgorithm(), e);
        }
    }
}
