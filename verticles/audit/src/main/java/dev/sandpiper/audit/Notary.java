package dev.sandpiper.audit;

import dev.sandpiper.audit.TrailStore.Head;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs checkpoints, verifies, and seals what is old enough. It signs nothing that it has not verified, so a checkpoint says that
 * everything up to it was genuine when it was made. Everything here waits: call it on a virtual thread. Safe for use by several.
 */
final class Notary {
    private static final Logger log = LoggerFactory.getLogger(Notary.class);
    private static final int PAGE = 500;

    private final TrailStore trail;
    private final CheckpointStore checkpoints;
    private final Proof proof;
    private final EntrySigner signer;
    private final Keys keys;
    private final AuditConfig config;
    private final AuditMetrics metrics;
    private final Clock clock;

    Notary(
            TrailStore trail,
            CheckpointStore checkpoints,
            EntrySigner signer,
            Keys keys,
            AuditConfig config,
            AuditMetrics metrics,
            Clock clock) {
        this.trail = trail;
        this.checkpoints = checkpoints;
        this.proof = new Proof(trail, checkpoints, keys.known());
        this.signer = signer;
        this.keys = keys;
        this.config = config;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** Vouches for every chain that waits for it. */
    void checkpoint() {
        for (Head head : Proof.await(trail.due(config.checkpointEntries(), config.checkpointInterval()))) {
            checkpoint(head.chain());
        }
    }

    /** Vouches for what is there now; false when it cannot, because the chain is not what was written. */
    boolean checkpoint(String chain) {
        Checkpoint newest = Proof.await(checkpoints.newest(chain));
        boolean wasBroken = metrics.isBroken(chain);
        // What was broken before the newest checkpoint is still broken when everything since is in order.
        Verdict verdict = wasBroken ? proof.whole(chain) : proof.since(chain, newest);
        told(verdict);
        if (!verdict.valid()) {
            return false;
        }
        if (newest != null && newest.seq() >= verdict.last()) {
            Proof.await(trail.checked(newest));
        } else if (verdict.last() > 0) {
            sign(chain, newest, verdict);
        }
        return true;
    }

    private void sign(String chain, @Nullable Checkpoint newest, Verdict verdict) {
        var next = Checkpoint.sign(
                keys.current(),
                chain,
                newest == null ? 1 : newest.number() + 1,
                verdict.last(),
                verdict.hash(),
                clock.instant(),
                newest == null ? "" : newest.digest());
        // When another node was faster, the next look finds that out.
        if (Proof.await(checkpoints.add(next))) {
            metrics.checkpointed();
            Proof.await(trail.checked(next));
        }
    }

    /** Looks at the whole of every chain, and seals what is old in those that are as they should be. */
    void verifyAll() {
        String after = "";
        while (true) {
            List<Head> page = Proof.await(trail.heads(PAGE, after));
            for (Head head : page) {
                Verdict verdict = verify(head.chain());
                // Also of those that are not due, if the database may be believed.
                if (verdict.valid() && checkpoint(head.chain())) {
                    seal(head.chain(), verdict);
                }
            }
            if (page.size() < PAGE) {
                return;
            }
            after = page.getLast().chain();
        }
    }

    Verdict verify(String chain) {
        Verdict verdict = proof.whole(chain);
        told(verdict);
        return verdict;
    }

    List<Checkpoint> checkpoints(String chain) {
        return proof.checkpoints(chain);
    }

    private void seal(String chain, Verdict verdict) {
        if (config.retention() == null) {
            return;
        }
        Instant before = clock.instant().minus(config.retention());
        ChainVerifier.Start through = Proof.await(trail.sealable(chain, before));
        if (through == null || through.seq() > verdict.vouched()) {
            return;
        }
        SignedEntry summary =
                TrailWork.sealed(signer, chain, verdict.first(), through.seq(), Canonical.hex(through.hash()));
        Proof.await(trail.seal(summary, through));
        log.atInfo()
                .addKeyValue("chain", chain)
                .addKeyValue("through", through.seq())
                .log("Old entries of the audit trail were sealed");
    }

    private void told(Verdict verdict) {
        boolean news = !verdict.valid() && !metrics.isBroken(verdict.chain());
        metrics.verified(verdict);
        if (news) {
            log.atError()
                    .addKeyValue("chain", verdict.chain())
                    .addKeyValue("first_bad", verdict.findings().getFirst().seq())
                    .addKeyValue("findings", verdict.findings())
                    .log("The audit trail is not what was written");
        }
    }
}
