package dev.sandpiper.consumers;

import dev.sandpiper.consumers.DeliveryLedger.Decided;
import dev.sandpiper.consumers.DeliveryLedger.Decision;
import dev.sandpiper.consumers.DeliveryLedger.Kind;
import dev.sandpiper.consumers.DeliveryLedger.Renewed;
import dev.sandpiper.consumers.DeliveryLedger.Verdict;
import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.ConsumerError;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.PlatformException;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What workers say about their deliveries. The ledger decides whether the word counts; then it is carried out. The outcomes come
 * in the order of the claims.
 */
final class Decisions {
    private static final Logger log = LoggerFactory.getLogger(Decisions.class);

    private final DeliveryLedger ledger;
    private final ConsumerStream stream;
    private final Completion completion;
    private final ConsumerMetrics metrics;

    Decisions(DeliveryLedger ledger, ConsumerStream stream, Completion completion, ConsumerMetrics metrics) {
        this.ledger = ledger;
        this.stream = stream;
        this.completion = completion;
        this.metrics = metrics;
    }

    /** Ends deliveries for good. Done when the server has confirmed it and every output is stored. */
    Future<List<Outcome>> decide(Consumer consumer, List<Claim> claims, Decision decision) {
        List<Cursor> settled = new ArrayList<>();
        return ledger.decide(consumer, claims, decision)
                .compose(verdicts -> all(verdicts.stream()
                        .map(verdict -> switch (verdict) {
                            case Verdict.Accepted accepted -> carryOut(accepted.decided(), decision, settled);
                            case Verdict.Stale stale -> Future.succeededFuture(stale());
                            case Verdict.Unknown unknown ->
                                Future.succeededFuture(Outcome.refused(new ConsumerError.DeliveryExpired()));
                        })
                        .toList()))
                .onSuccess(done -> note(consumer, settled));
    }

    private Future<Outcome> carryOut(Decided decided, Decision wanted, List<Cursor> settled) {
        if (!Arrays.equals(decided.decision().outputs(), wanted.outputs())) {
            return Future.succeededFuture(Outcome.refused(new ConflictError.IdempotencyConflict()));
        }
        Future<byte @Nullable []> done = wanted.outputs() == null
                ? completion
                        .settle(decided)
                        .map((byte @Nullable []) null)
                        .onSuccess(none -> settled.add(decided.source()))
                : completion.finish(decided);
        return done.map(receipts -> {
                    (wanted.kind() == Kind.ACK ? metrics.acknowledged : metrics.terminated).increment();
                    return new Outcome(null, receipts);
                })
                .otherwise(Decisions::failed);
    }

    /** Nobody waits for this: who does not find it noted tells JetStream once more, which changes nothing. */
    private void note(Consumer consumer, List<Cursor> settled) {
        if (!settled.isEmpty()) {
            ledger.finish(Incarnation.of(consumer), settled, null)
                    .onFailure(failure -> log.atDebug().setCause(failure).log("Acknowledgements are noted later"));
        }
    }

    /** @param delay null for the consumer's own */
    Future<List<Outcome>> refuse(Consumer consumer, List<Claim> claims, @Nullable Duration delay) {
        return ledger.release(consumer, claims)
                .compose(renewed -> each(claims, renewed, (claim, reply) -> {
                    metrics.refused.increment();
                    Duration rest = delay == null ? consumer.spec().restAfter(claim.delivery()) : delay;
                    // The delivery is over either way; without the word the event comes again when the worker's time
                    // is.
                    return stream.refuse(reply, rest).map(Outcome.DONE).otherwise(failure -> {
                        log.atWarn()
                                .addKeyValue("consumer", consumer.name())
                                .log("JetStream did not hear of a refusal");
                        return Outcome.DONE;
                    });
                }));
    }

    Future<List<Outcome>> prolong(Consumer consumer, List<Claim> claims) {
        return ledger.prolong(consumer, claims)
                .compose(renewed -> each(
                        claims,
                        renewed,
                        (claim, reply) ->
                                stream.prolong(reply).map(Outcome.DONE).otherwise(Decisions::failed)));
    }

    private Future<List<Outcome>> each(
            List<Claim> claims, List<Renewed> renewed, BiFunction<Claim, String, Future<Outcome>> then) {
        List<Future<Outcome>> outcomes = new ArrayList<>(claims.size());
        for (int i = 0; i < claims.size(); i++) {
            Renewed answer = renewed.get(i);
            String reply = answer.reply();
            if (reply != null) {
                outcomes.add(then.apply(claims.get(i), reply));
            } else {
                outcomes.add(Future.succeededFuture(
                        answer.stale() ? stale() : Outcome.refused(new ConsumerError.DeliveryExpired())));
            }
        }
        return all(outcomes);
    }

    private Outcome stale() {
        metrics.stale.increment();
        return Outcome.refused(new ConsumerError.StaleDelivery());
    }

    private static Outcome failed(Throwable failure) {
        if (failure instanceof PlatformException known) {
            return Outcome.refused(known.error());
        }
        log.atError().setCause(failure).log("A decision of a worker could not be carried out");
        return Outcome.refused(new AvailabilityError.Internal());
    }

    private static Future<List<Outcome>> all(List<Future<Outcome>> outcomes) {
        return Future.join(outcomes).map(joined -> joined.list());
    }
}
