package dev.sandpiper.runtime.nats;

import dev.sandpiper.domain.EventId;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.TenantId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/**
 * The id by which JetStream recognises a repetition. JetStream compares it over the whole stream, so a client's key is
 * hashed together with tenant and project: one tenant's keys cannot meet another's.
 */
final class MessageIds {
    private static final int KEPT_BYTES = 16;
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
    private static final ThreadLocal<MessageDigest> DIGESTS = ThreadLocal.withInitial(MessageIds::sha256);

    private MessageIds() {}

    static String of(PublishCommand command, EventId id) {
        String key = command.key();
        return key == null ? id.value() : of(command.tenant(), command.project(), key);
    }

    /** 22 characters that fit into a subject. */
    static String of(TenantId tenant, ProjectId project, String key) {
        MessageDigest digest = DIGESTS.get();
        digest.update(tenant.value().getBytes(StandardCharsets.US_ASCII));
        digest.update((byte) 0);
        digest.update(project.value().getBytes(StandardCharsets.US_ASCII));
        digest.update((byte) 0);
        byte[] hash = digest.digest(key.getBytes(StandardCharsets.UTF_8));
        return ENCODER.encodeToString(Arrays.copyOf(hash, KEPT_BYTES));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
