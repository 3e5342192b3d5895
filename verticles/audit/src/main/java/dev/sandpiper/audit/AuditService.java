package dev.sandpiper.audit;

import dev.sandpiper.audit.TrailWork.Range;
import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.runtime.audit.AuditOrigin;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** The audit trail on one node: what routes ask for, each on a virtual thread. Safe for use by several threads. */
public final class AuditService {
    private static final int MOST_ERASED = 10_000;
    private static final int TOGETHER = 4;
    private static final Duration LATER = Duration.ofSeconds(5);

    private final Vertx vertx;
    private final TrailStore trail;
    private final EntrySigner signer;
    private final Keys keys;
    private final Notary notary;
    private final AuditMetrics metrics;
    private final AuditConfig config;

    /** Looking at a whole chain takes its time with the stores: more at once would only be slower. */
    private final Semaphore looking = new Semaphore(TOGETHER);

    public AuditService(
            Vertx vertx,
            TrailStore trail,
            CheckpointStore checkpoints,
            EntrySigner signer,
            Keys keys,
            AuditConfig config,
            MeterRegistry registry) {
        this.vertx = vertx;
        this.trail = trail;
        this.signer = signer;
        this.keys = keys;
        this.config = config;
        this.metrics = new AuditMetrics(registry);
        this.notary = new Notary(trail, checkpoints, signer, keys, config, metrics, Clock.systemUTC());
    }

    /** What makes checkpoints when this node is the one that does. */
    public NotaryLoop loop(CheckpointStore checkpoints, Ownership ownership) {
        return new NotaryLoop(notary, checkpoints, ownership, config, metrics);
    }

    AuditMetrics metrics() {
        return metrics;
    }

    Keys keys() {
        return keys;
    }

    TrailStore trail() {
        return trail;
    }

    Future<Verdict> verify(String chain) {
        return bounded(() -> notary.verify(chain));
    }

    /** Vouches for what is there now, if it can, and tells all that vouches for the chain. */
    Future<List<Checkpoint>> vouch(String chain) {
        return bounded(() -> {
            notary.checkpoint(chain);
            return notary.checkpoints(chain);
        });
    }

    /** Takes away the details of entries about somebody, or of old ones; tells how many. */
    Future<Long> erase(
            String chain, AuditOrigin origin, String reason, @Nullable String who, @Nullable Instant before) {
        return apart(() -> {
            long erased = 0;
            while (true) {
                List<Range> ranges = Proof.await(trail.erasable(chain, who, before, MOST_ERASED));
                if (ranges.isEmpty()) {
                    return erased;
                }
                Proof.await(trail.erase(TrailWork.erased(signer, chain, origin, reason, ranges), ranges));
                long count =
                        ranges.stream().mapToLong(r -> r.to() - r.from() + 1).sum();
                erased += count;
                if (count < MOST_ERASED) {
                    return erased;
                }
            }
        });
    }

    private <T> Future<T> bounded(Callable<T> work) {
        if (!looking.tryAcquire()) {
            return Future.failedFuture(new PlatformException(new AvailabilityError.ServerBusy(LATER)));
        }
        return apart(work).onComplete(done -> looking.release());
    }

    private <T> Future<T> apart(Callable<T> work) {
        Promise<T> done = ((ContextInternal) vertx.getOrCreateContext()).promise();
        Thread.ofVirtual().name("sandpiper-audit").start(() -> {
            try {
                done.complete(work.call());
            } catch (Exception e) {
                done.fail(e);
            }
        });
        return done.future();
    }
}
