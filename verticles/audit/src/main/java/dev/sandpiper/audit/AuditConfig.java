package dev.sandpiper.audit;

import dev.sandpiper.runtime.config.Secret;
import dev.sandpiper.runtime.config.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the audit trail is kept.
 *
 * @param signingKey what the key is made of that signs; null for the installation's secret
 * @param formerKeys public keys with which older entries and checkpoints were signed
 * @param checkpointInterval how long an entry may be without a checkpoint that vouches for it
 * @param checkpointEntries of a chain after which there is a checkpoint sooner
 * @param verifyInterval between two looks at the whole of every chain
 * @param retention how long entries are kept before they are sealed; null for ever
 * @param writes refused requests that are written down in a second, at most; the others are counted together
 */
public record AuditConfig(
        @Nullable Secret signingKey,
        List<VerifyingKey> formerKeys,
        Duration checkpointInterval,
        int checkpointEntries,
        Duration verifyInterval,
        @Nullable Duration retention,
        int writes) {
    private static final String FORMER = "AUDIT_FORMER_KEYS";
    private static final String KEY = "AUDIT_SIGNING_KEY";
    private static final int SHORTEST = 16;

    public AuditConfig {
        formerKeys = List.copyOf(formerKeys);
    }

    public static AuditConfig from(Settings s) {
        Duration retention = s.duration(
                "AUDIT_RETENTION",
                Duration.ZERO,
                Duration.ZERO,
                Duration.ofDays(36_500),
                "How long entries of the audit trail are kept before a sealed summary takes their place, such as 400d; 0 for ever.");
        return new AuditConfig(
                key(s),
                formerKeys(s),
                s.duration(
                        "AUDIT_CHECKPOINT_INTERVAL",
                        Duration.ofSeconds(5),
                        Duration.ofMillis(50),
                        Duration.ofHours(1),
                        "How long a new entry of the audit trail may wait for a signed checkpoint."),
                s.integer(
                        "AUDIT_CHECKPOINT_ENTRIES",
                        100,
                        1,
                        100_000,
                        "New entries of a chain after which a checkpoint is made sooner."),
                s.duration(
                        "AUDIT_VERIFY_INTERVAL",
                        Duration.ofHours(6),
                        Duration.ofSeconds(1),
                        Duration.ofDays(30),
                        "How often the whole of the audit trail is verified."),
                retention.isZero() ? null : retention,
                s.integer(
                        "AUDIT_REFUSALS_PER_SECOND",
                        20,
                        1,
                        10_000,
                        "Entries about refused requests that a node writes in a second, at most. More are counted together."));
    }

    private static @Nullable Secret key(Settings s) {
        Secret key = s.secret(
                KEY,
                "What the key is made of that signs the audit trail. Default: derived from the installation's secret.");
        if (key != null && key.reveal().length() < SHORTEST) {
            s.fault(KEY, "must have at least " + SHORTEST + " characters");
        }
        return key;
    }

    private static List<VerifyingKey> formerKeys(Settings s) {
        List<VerifyingKey> keys = new ArrayList<>();
        for (String text : s.list(
                FORMER,
                List.of(),
                "Public keys of the audit trail, in base64, that were in use before the current one.")) {
            try {
                keys.add(VerifyingKey.parse(text));
            } catch (IllegalArgumentException e) {
                s.fault(FORMER, "must be public keys as GET /v1/admin/audit/keys tells them");
            }
        }
        return keys;
    }
}
