package dev.sandpiper.publisher;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.ConnectionEnd;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.EventId;
import dev.sandpiper.domain.EventIds;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.publisher.PublishLink.Live;
import dev.sandpiper.runtime.nats.AtomicAppend;
import dev.sandpiper.runtime.nats.EventStore;
import dev.sandpiper.runtime.nats.KeyRecord;
import io.nats.client.JetStreamStatusException;
import io.nats.client.Message;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores events in one step with the record of their key, so many at a time, tenants in turns. An attempt may be repeated at any
 * point: the record makes JetStream refuse what is stored already, and then says where it lies. A step costs the server much more
 * than an event, so whatever a tenant has waiting goes in one step, and in smaller ones when that is refused. All of it runs on
 * one context.
 */
final class AtomicPublisher {
    private static final Logger log = LoggerFactory.getLogger(AtomicPublisher.class);
    private static final int PAUSE_MILLIS = 20;

    private final Vertx vertx;
    private final Context context;
    private final EventStore store;
    private final PublishLink link;
    private final PublisherMetrics metrics;
    private final AtomicAppend append;
    private final TenantShares shares;
    private final TenantTurns<AtomicJob> turns = new TenantTurns<>();
    private final AtomicInteger jobs = new AtomicInteger();
    private final EventIds ids = new EventIds(new SecureRandom());
    private final int maxRunning;
    private volatile boolean refusing;
    private int running;

    AtomicPublisher(Vertx vertx, EventStore store, PublishLink link, PublisherConfig config, PublisherMetrics metrics) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.store = store;
        this.link = link;
        this.metrics = metrics;
        this.append = new AtomicAppend(vertx, store);
        this.shares = new TenantShares(config.maxWaiting());
        this.maxRunning = config.maxTogether();
    }

    /** Jobs that are not answered yet. */
    int size() {
        return jobs.get();
    }

    /** Takes no more jobs. */
    void refuse() {
        refusing = true;
    }

    /** On any thread; completes on this publisher's context. */
    Future<List<PublishReceipt>> publish(AtomicJob job) {
        if (refusing) {
            return Future.failedFuture(
                    new PlatformException(new ConnectionEnd.ShuttingDown(JetStreamPublisher.jitter())));
        }
        if (!shares.enter(job.tenant)) {
            metrics.failed("PUBLISHER_SATURATED");
            return Future.failedFuture(new PlatformException(AtomicJob.SATURATED));
        }
        jobs.incrementAndGet();
        context.runOnContext(v -> {
            turns.add(job.tenant, job);
            proceed();
        });
        return job.promise.future();
    }

    private void proceed() {
        while (running < maxRunning) {
            List<AtomicJob> group = turns.next((taken, job) -> job.goesWith(taken));
            if (group.isEmpty()) {
                return;
            }
            running++;
            attempt(group);
        }
    }

    private void attempt(List<AtomicJob> group) {
        AtomicJob oldest = group.getFirst();
        if (System.nanoTime() - oldest.deadline >= 0) {
            if (group.size() == 1) {
                fail(oldest, oldest.reason);
            } else {
                separate(group);
            }
            return;
        }
        Live live = link.live();
        if (live == null) {
            postpone(group, new AvailabilityError.EventStoreUnavailable());
            return;
        }
        Future<Message> answer;
        try {
            answer = append.attempt(
                    live.connection(), group.stream().map(AtomicJob::batch).toList(), oldest.attemptTimeout);
        } catch (IllegalStateException e) {
            // Just closing; the commit was not sent.
            postpone(group, new AvailabilityError.EventStoreUnavailable());
            return;
        } catch (IllegalArgumentException e) {
            refused(group, new RequestError.PayloadTooLarge(store.connection().getMaxPayload()));
            return;
        }
        group.forEach(job -> job.unanswered++);
        answer.onComplete(result -> {
            if (result.succeeded()) {
                group.forEach(job -> job.unanswered--);
                answered(group, result.result());
            } else if (isNoResponders(result.cause())) {
                group.forEach(job -> job.unanswered--);
                postpone(group, new AvailabilityError.EventStoreUnavailable());
            } else {
                again(group);
            }
        });
    }

    private static boolean isNoResponders(Throwable failure) {
        return failure instanceof JetStreamStatusException || failure.getCause() instanceof JetStreamStatusException;
    }

    private void answered(List<AtomicJob> group, Message answer) {
        long last = answer.isStatusMessage() ? 0 : PubAck.sequence(answer.getData());
        if (last > 0) {
            stored(group, last);
            return;
        }
        Refusal refusal = Refusal.parse(answer.getData(), store.connection().getMaxPayload());
        PlatformError error = refusal.error();
        if (refusal.isWrongLast() || refusal.isDuplicateInBatch()) {
            if (group.size() == 1) {
                lookUp(group.getFirst(), refusal);
            } else {
                sort(group);
            }
        } else if (error == null) {
            postpone(group, refusal.isTooMany() ? AtomicJob.SATURATED : new AvailabilityError.EventStoreUnavailable());
        } else {
            log.atWarn()
                    .addKeyValue("code", refusal.code())
                    .addKeyValue("reason", refusal.description())
                    .log("JetStream refused events that belong together");
            refused(group, error);
        }
    }

    /** In the order of the group: each job's record and then its events. */
    private void stored(List<AtomicJob> group, long last) {
        long next = last + 1;
        for (AtomicJob job : group) {
            next -= job.commands.size() + 1;
        }
        for (AtomicJob job : group) {
            done(job, new KeyRecord(next, job.record.digest(), job.record.ids()));
            next += job.commands.size() + 1;
        }
        finished(group.getFirst().tenant, List.of());
    }

    private void refused(List<AtomicJob> group, PlatformError error) {
        if (group.size() == 1) {
            fail(group.getFirst(), error);
        } else {
            separate(group);
        }
    }

    /** One of them does not go: in smaller groups, then, in the same order. */
    private void separate(List<AtomicJob> group) {
        group.forEach(job -> job.part(group.size()));
        finished(group.getFirst().tenant, group);
    }

    /** Whoever's key was used is answered; the others come again. */
    private void sort(List<AtomicJob> group) {
        List<Future<@Nullable KeyRecord>> reads =
                group.stream().map(job -> store.readKey(job.keySubject())).toList();
        Future.join(reads).onComplete(done -> {
            List<AtomicJob> unknown = new ArrayList<>();
            for (int i = 0; i < group.size(); i++) {
                KeyRecord known = reads.get(i).result();
                if (known == null) {
                    unknown.add(group.get(i));
                } else {
                    repeated(group.get(i), known);
                }
            }
            if (unknown.size() == group.size()) {
                separate(group);
            } else {
                finished(group.getFirst().tenant, unknown);
            }
        });
    }

    private void repeated(AtomicJob job, KeyRecord known) {
        if (known.isTheSameAs(job.record)) {
            done(job, known);
        } else {
            failed(job, new ConflictError.IdempotencyConflict());
        }
    }

    private void postpone(List<AtomicJob> group, PlatformError reason) {
        group.forEach(job -> job.reason = reason);
        again(group);
    }

    /** The key may have been used, here or elsewhere; only then does a precondition count. */
    private void lookUp(AtomicJob job, Refusal refusal) {
        store.readKey(job.keySubject()).onComplete(read -> {
            KeyRecord known = read.result();
            if (read.failed()) {
                again(job);
            } else if (known != null) {
                repeated(job, known);
                finished(job.tenant, List.of());
            } else if (refusal.isDuplicateInBatch()) {
                earlier(job);
            } else {
                checkPrecondition(job, 0);
            }
        });
    }

    /** An event with the key was stored without being remembered, not long ago: JetStream knows which. */
    private void earlier(AtomicJob job) {
        Live live = link.live();
        if (live == null) {
            again(job);
            return;
        }
        PublishCommand command = job.commands.getFirst();
        Lookups.ask(store, live, command, job.record.ids().getFirst(), job.attemptTimeout)
                .whenComplete((answer, failure) -> context.runOnContext(v -> {
                    long sequence = answer == null ? 0 : Math.abs(PubAck.sequence(answer.getData()));
                    if (sequence == 0) {
                        again(job);
                    } else {
                        store.read(sequence).onComplete(read -> {
                            if (read.failed()) {
                                again(job);
                            } else {
                                compare(job, sequence, read.result());
                            }
                        });
                    }
                }));
    }

    private void compare(AtomicJob job, long sequence, @Nullable StoredEvent first) {
        if (job.commands.size() > 1 || (first != null && !Lookups.isTheSame(job.commands.getFirst(), first))) {
            fail(job, new ConflictError.IdempotencyConflict());
        } else {
            // What is gone has no name any more.
            EventId id = first == null ? ids.next(System.currentTimeMillis()) : first.id();
            stored(job, new KeyRecord(sequence - 1, job.record.digest(), List.of(id)));
        }
    }

    /** Of the events from this index on: whether they hold for the topics' newest events, which are expected from then on. */
    private void checkPrecondition(AtomicJob job, int from) {
        int index = from;
        while (index < job.commands.size() && !isConditional(job.commands.get(index))) {
            index++;
        }
        if (index == job.commands.size()) {
            again(job);
            return;
        }
        int found = index;
        PublishCommand command = job.commands.get(found);
        store.readLast(store.subjects().stored(command.tenant(), command.project(), command.topic()))
                .onComplete(read -> {
                    var event = read.result();
                    long last = event == null ? 0 : event.sequence();
                    if (read.failed()) {
                        again(job);
                    } else if (Precondition.holds(command.options(), store.epoch(), last)) {
                        job.expect(found, last);
                        checkPrecondition(job, found + 1);
                    } else {
                        PlatformError conflict = new ConflictError.CursorConflict(new Cursor(store.epoch(), last));
                        fail(job, job.commands.size() == 1 ? conflict : new RequestError.OfEvent(found, conflict));
                    }
                });
    }

    private static boolean isConditional(PublishCommand command) {
        var options = command.options();
        return options != null && options.ifLast() != null;
    }

    private void again(AtomicJob job) {
        again(List.of(job));
    }

    private void again(List<AtomicJob> group) {
        vertx.timer(PAUSE_MILLIS, TimeUnit.MILLISECONDS).onComplete(v -> attempt(group));
    }

    private void stored(AtomicJob job, KeyRecord known) {
        done(job, known);
        finished(job.tenant, List.of());
    }

    private void done(AtomicJob job, KeyRecord known) {
        List<PublishReceipt> receipts = job.receipts(known, store);
        metrics.together(System.nanoTime() - job.acceptedAt);
        if (receipts.getFirst().duplicate()) {
            metrics.duplicate();
        }
        job.promise.complete(receipts);
        answered(job);
    }

    private void fail(AtomicJob job, PlatformError error) {
        failed(job, error);
        finished(job.tenant, List.of());
    }

    private void failed(AtomicJob job, PlatformError error) {
        PlatformError told = job.unanswered > 0 && !isCertain(error) ? new AvailabilityError.OutcomeUnknown() : error;
        metrics.failed(told.code());
        job.promise.fail(new PlatformException(told));
        answered(job);
    }

    /** Whatever an attempt that was not answered may still do: the record is another's, or the topic has moved on. */
    private static boolean isCertain(PlatformError error) {
        return error instanceof ConflictError
                || (error instanceof RequestError.OfEvent of && of.cause() instanceof ConflictError);
    }

    /** Not before the caller knows: whoever drains must not close what the answer needs. */
    private void answered(AtomicJob job) {
        shares.leave(job.tenant);
        jobs.decrementAndGet();
    }

    private void finished(TenantId tenant, List<AtomicJob> unfinished) {
        running--;
        turns.end(tenant, unfinished);
        context.runOnContext(v -> proceed());
    }
}
