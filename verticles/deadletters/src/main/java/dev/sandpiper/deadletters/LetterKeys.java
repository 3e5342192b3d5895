package dev.sandpiper.deadletters;

import dev.sandpiper.domain.StoredEvent;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/** By which the store of letters recognises that it has one already: equal for the same failure, whoever tells of it. */
public final class LetterKeys {
    private static final int KEPT_BYTES = 16;

    private LetterKeys() {}

    /**
     * A consumer of a stream gave up on a message.
     *
     * @param epoch which incarnation of the stream
     */
    public static String captured(int epoch, String stream, String consumer, long sequence) {
        return hash("captured", Integer.toString(epoch), stream, consumer, Long.toString(sequence));
    }

    /** A feature could not process an event. */
    public static String reported(StoredEvent event, String feature, String consumer) {
        return hash(
                "reported",
                event.tenant().value(),
                event.project().value(),
                feature,
                consumer,
                event.id().value());
    }

    private static String hash(String... parts) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
        for (String part : parts) {
            digest.update(part.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
        }
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest.digest(), KEPT_BYTES));
    }
}
