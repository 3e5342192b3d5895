package dev.sandpiper.audit;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.PlatformException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes checkpoints at regular times and verifies the whole now and then, on the one node of the cluster that owns this work; the
 * others try to become it every few seconds. On one virtual thread.
 */
public final class NotaryLoop {
    private static final Logger log = LoggerFactory.getLogger(NotaryLoop.class);
    private static final Duration TAKEOVER = Duration.ofSeconds(2);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    /** A node that has just started has better things to do than to read all that was ever written. */
    private static final Duration FIRST_VERIFICATION = Duration.ofMinutes(1);

    private final Notary notary;
    private final CheckpointStore checkpoints;
    private final Ownership ownership;
    private final AuditConfig config;
    private final AuditMetrics metrics;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Promise<Void> ended = Promise.promise();

    // Of the loop's thread.
    private boolean mine;
    private boolean failing;
    private long verifyAt;

    NotaryLoop(
            Notary notary, CheckpointStore checkpoints, Ownership ownership, AuditConfig config, AuditMetrics metrics) {
        this.notary = notary;
        this.checkpoints = checkpoints;
        this.ownership = ownership;
        this.config = config;
        this.metrics = metrics;
    }

    public void start() {
        Thread.ofVirtual().name("sandpiper-notary").start(this::run);
    }

    /** Ends after the step that it is at. */
    public Future<Void> close() {
        closing.countDown();
        return ended.future();
    }

    private void run() {
        do {
            try {
                work();
                failing = false;
            } catch (RuntimeException e) {
                broken(e);
            }
        } while (!closes(mine ? pause() : TAKEOVER));
        disown();
        ended.complete();
    }

    private void work() {
        boolean before = mine;
        mine = Proof.await(ownership.acquire());
        if (!mine) {
            metrics.nothingKnown();
            return;
        }
        if (!before) {
            Proof.await(checkpoints.ensure());
            Duration first = config.verifyInterval().compareTo(FIRST_VERIFICATION) < 0
                    ? config.verifyInterval()
                    : FIRST_VERIFICATION;
            verifyAt = System.nanoTime() + first.toNanos();
        }
        notary.checkpoint();
        if (System.nanoTime() - verifyAt >= 0) {
            verifyAt = System.nanoTime() + config.verifyInterval().toNanos();
            notary.verifyAll();
        }
    }

    private Duration pause() {
        return config.checkpointInterval().compareTo(LONGEST_PAUSE) < 0 ? config.checkpointInterval() : LONGEST_PAUSE;
    }

    private boolean closes(Duration pause) {
        try {
            return closing.await(pause.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Whoever cannot do the work leaves it to another. */
    private void broken(RuntimeException failure) {
        metrics.failed();
        boolean expected = failure instanceof PlatformException known && known.error() instanceof AvailabilityError;
        if (!expected) {
            log.atError().setCause(failure).log("The work on the audit trail was broken off");
        } else if (!failing) {
            log.atWarn().addKeyValue("reason", failure.getMessage()).log("The work on the audit trail was broken off");
        }
        failing = true;
        disown();
    }

    private void disown() {
        mine = false;
        Proof.await(ownership.release());
    }
}
