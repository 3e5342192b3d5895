package dev.sandpiper.publisher;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.EventId;
import dev.sandpiper.domain.EventIds;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishOptions;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.publisher.PublishLink.Live;
import dev.sandpiper.runtime.nats.EventStore;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import io.netty.channel.EventLoop;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishing on one event loop. Everything but {@link #acknowledged} runs on that loop: acceptance, resending, resolution.
 *
 * <p>Events that are in flight when the connection breaks are sent again in the order they were accepted in, before any
 * newer one, so a broken connection does not change the order within a topic.
 *
 * <p>When the window of what may be in flight is full, events wait in the {@link FairQueue}. While any waits, no other goes
 * past it: newer events of a topic cannot overtake, and no tenant can overtake another.
 */
final class PublisherLane implements Lookups.Findings {
    private static final Logger log = LoggerFactory.getLogger(PublisherLane.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
    private static final int TICK_MILLIS = 50;

    private final EventLoop loop;
    private final EventStore store;
    private final PublishLink link;
    private final PublisherMetrics metrics;
    private final EventIds ids;
    private final PendingTable table;
    private final FairQueue queue;
    private final Lookups lookups;
    private final Queue<Message> acks = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean draining = new AtomicBoolean();
    private final long attemptNanos;
    private final long deadlineNanos;
    private final long patienceNanos;
    /** Attempted in this turn of the event loop, in order, and not handed to the connection yet. */
    private final List<Pending> unsent = new ArrayList<>();

    private final Runnable send = this::send;
    private boolean ticking;
    /** The only connection to send on: everything that waited when it came was sent on it first. */
    private @Nullable Live connection;

    private volatile int inFlight;
    private volatile int waiting;

    PublisherLane(
            EventLoop loop,
            EventStore store,
            PublishLink link,
            PublisherConfig config,
            PublisherMetrics metrics,
            EventIds ids,
            String replyPrefix) {
        this.loop = loop;
        this.store = store;
        this.link = link;
        this.metrics = metrics;
        this.ids = ids;
        this.connection = link.live();
        this.table = new PendingTable(config.maxInFlight(), config.maxInFlightBytes(), replyPrefix);
        this.queue = new FairQueue(config.maxWaiting(), config.maxWaitingBytes());
        this.lookups = new Lookups(loop, store, config.attemptTimeout(), this);
        this.attemptNanos = config.attemptTimeout().toNanos();
        this.deadlineNanos = config.deadline().toNanos();
        this.patienceNanos = config.patience().toNanos();
    }

    EventLoop loop() {
        return loop;
    }

    int inFlight() {
        return inFlight;
    }

    int waiting() {
        return waiting;
    }

    void publish(PublishCommand command, Promise<PublishReceipt> promise) {
        long now = System.nanoTime();
        if (link.live() == null && now - link.downSince() > attemptNanos) {
            fail(promise, new AvailabilityError.EventStoreUnavailable());
            return;
        }
        resendOnNewConnection();
        Pending pending = queue.isEmpty() ? table.take(command.size()) : null;
        if (pending != null) {
            begin(pending, command, promise, now, now);
        } else if (queue.offer(new FairQueue.Waiting(command, promise, now))) {
            waiting = queue.size();
        } else {
            fail(promise, new AvailabilityError.PublisherSaturated(RETRY_AFTER));
            return;
        }
        startTicking();
    }

    /** Sends what waits, in turns of the tenants, as far as there is room. */
    private void advance() {
        FairQueue.Waiting next = queue.peek();
        if (next == null) {
            return;
        }
        long now = System.nanoTime();
        while (next != null) {
            Pending pending = table.take(next.bytes());
            if (pending == null) {
                break;
            }
            queue.poll();
            metrics.waited(now - next.acceptedAt());
            begin(pending, next.command(), next.promise(), next.acceptedAt(), now);
            next = queue.peek();
        }
        waiting = queue.size();
    }

    private void begin(
            Pending pending, PublishCommand command, Promise<PublishReceipt> promise, long acceptedAt, long now) {
        inFlight = table.size();
        var id = ids.next(System.currentTimeMillis());
        pending.command = command;
        pending.id = id;
        pending.subject = store.subjects().stored(command.tenant(), command.project(), command.topic());
        PublishOptions options = command.options();
        pending.headers = options == null ? store.codec().stored(command, id) : headers(pending, options, command, id);
        pending.promise = promise;
        pending.acceptedAt = acceptedAt;
        // No attempt may outlast the deadline, however long the event waited.
        attempt(pending, Math.min(now, acceptedAt + deadlineNanos - attemptNanos));
    }

    private Headers headers(Pending pending, PublishOptions options, PublishCommand command, EventId id) {
        pending.expected = Precondition.expected(options, store.epoch());
        return store.codec().stored(command, id, pending.expected);
    }

    /** From jnats' thread. */
    void acknowledged(Message ack) {
        acks.add(ack);
        if (!draining.get() && draining.compareAndSet(false, true)) {
            loop.execute(this::drainAcks);
        }
    }

    /** Sends again, oldest first, what a broken connection left without acknowledgement. */
    void resendOnNewConnection() {
        Live newest = link.live();
        Live known = connection;
        if (newest == null || (known != null && known.incarnation() == newest.incarnation())) {
            return;
        }
        connection = newest;
        // All of them wait for an acknowledgement too.
        unsent.clear();
        long now = System.nanoTime();
        for (Pending pending : table.waiting()) {
            // No attempt may outlast the deadline.
            attempt(pending, Math.min(now, pending.acceptedAt + deadlineNanos - attemptNanos));
        }
    }

    /** Nobody will answer any more. */
    void abandon() {
        send();
        for (Pending pending : table.waiting()) {
            giveUp(pending);
        }
        // The time of now is later than that of whatever waits.
        refuse(queue.expire(System.nanoTime()), new AvailabilityError.EventStoreUnavailable());
    }

    private void refuse(List<FairQueue.Waiting> unsent, PlatformError error) {
        waiting = queue.size();
        for (FairQueue.Waiting event : unsent) {
            fail(event.promise(), error);
        }
    }

    private void attempt(Pending pending, long now) {
        if (pending.retry) {
            metrics.retried();
        }
        pending.retry = true;
        table.attempted(pending, now);
        if (unsent.isEmpty()) {
            loop.execute(send);
        }
        unsent.add(pending);
    }

    /**
     * Hands over what one turn of the event loop has brought, so that jnats, the server and the acknowledgements work in batches
     * and not in wake-ups. Comes before anything that ends a pending event, because its slot is then another's.
     */
    private void send() {
        // An event that cannot be sent fails, and whoever is told may publish another at once.
        for (int i = 0; i < unsent.size(); i++) {
            send(unsent.get(i));
        }
        unsent.clear();
    }

    private void send(Pending pending) {
        PublishCommand command = pending.command;
        String subject = pending.subject;
        var headers = pending.headers;
        if (command == null || subject == null || headers == null) {
            throw new IllegalStateException("a slot without an event");
        }
        try {
            Live current = connection;
            if (current != null && current.publish(subject, pending.replyTo(), headers, command.data())) {
                pending.unanswered++;
            }
        } catch (IllegalArgumentException e) {
            // More than the server's max_payload.
            settle(pending, new RequestError.PayloadTooLarge(store.connection().getMaxPayload()));
        }
    }

    private void drainAcks() {
        send();
        draining.set(false);
        Message ack;
        while ((ack = acks.poll()) != null) {
            try {
                onAck(ack);
            } catch (RuntimeException e) {
                // The event's deadline answers its caller; the others must not suffer.
                log.atError().setCause(e).log("Cannot read an acknowledgement");
            }
        }
        advance();
    }

    private void onAck(Message ack) {
        String subject = ack.getSubject();
        int generationAt = subject.lastIndexOf('.') + 1;
        int slotAt = subject.lastIndexOf('.', generationAt - 2) + 1;
        Pending pending = table.find(
                Integer.parseInt(subject, slotAt, generationAt - 1, 10),
                Integer.parseInt(subject, generationAt, subject.length(), 10));
        if (pending == null) {
            return;
        }
        if (ack.isStatusMessage()) {
            // No responders: no stream, or no leader, right now. The tick tries again.
            pending.unanswered--;
            return;
        }
        long sequence = PubAck.sequence(ack.getData());
        if (sequence > 0) {
            succeed(pending, sequence, false, null);
        } else if (sequence < 0) {
            repeated(pending, -sequence);
        } else {
            refused(pending, Refusal.parse(ack.getData(), store.connection().getMaxPayload()));
        }
    }

    private void refused(Pending pending, Refusal refusal) {
        pending.unanswered--;
        if (refusal.isWrongLast()) {
            wrongLast(pending, refusal.last());
            return;
        }
        PlatformError error = refusal.error();
        if (error == null) {
            return;
        }
        log.atWarn()
                .addKeyValue("code", refusal.code())
                .addKeyValue("reason", refusal.description())
                .log("JetStream refused an event");
        settle(pending, pending.unanswered > 0 ? new AvailabilityError.OutcomeUnknown() : error);
    }

    private void wrongLast(Pending pending, long last) {
        PublishCommand command = pending.command;
        var id = pending.id;
        Live current = connection;
        if (command == null || id == null || current == null) {
            throw new IllegalStateException("a refusal of nothing");
        }
        if (pending.expected != last && Precondition.holds(command.options(), store.epoch(), last)) {
            pending.expected = last;
            pending.headers = store.codec().stored(command, id, last);
            attempt(pending, System.nanoTime());
        } else {
            table.unlink(pending);
            lookups.conflict(pending, current, last);
        }
    }

    /** JetStream has seen the id before: from this very event, or from one with the same key. */
    private void repeated(Pending pending, long sequence) {
        PublishCommand command = pending.command;
        if (command == null || command.key() == null) {
            succeed(pending, sequence, false, null);
            return;
        }
        table.unlink(pending);
        lookups.compare(pending, sequence);
    }

    @Override
    public void stored(Pending pending, long sequence, boolean duplicate, @Nullable StoredEvent first) {
        succeed(pending, sequence, duplicate, first);
        advance();
    }

    @Override
    public void refused(Pending pending, PlatformError error) {
        settle(pending, error);
        advance();
    }

    @Override
    public void unanswered(Pending pending) {
        long now = System.nanoTime();
        if (now - pending.acceptedAt >= deadlineNanos) {
            settle(pending, new AvailabilityError.OutcomeUnknown());
        } else {
            // No attempt may outlast the deadline.
            attempt(pending, Math.min(now, pending.acceptedAt + deadlineNanos - attemptNanos));
        }
        advance();
    }

    private void succeed(Pending pending, long sequence, boolean duplicate, @Nullable StoredEvent first) {
        PublishCommand command = pending.command;
        var id = first == null ? pending.id : first.id();
        var promise = pending.promise;
        if (command == null || id == null || promise == null) {
            throw new IllegalStateException("a slot without an event");
        }
        metrics.acknowledged(System.nanoTime() - pending.acceptedAt);
        if (duplicate) {
            metrics.duplicate();
        }
        table.release(pending);
        promise.complete(new PublishReceipt(
                id,
                command.topic(),
                new Cursor(store.epoch(), sequence),
                duplicate,
                command.deliveryClass(),
                store.durability()));
        // Not before the caller knows: whoever drains must not close what the answer needs.
        inFlight = table.size();
    }

    private void giveUp(Pending pending) {
        settle(
                pending,
                pending.unanswered > 0
                        ? new AvailabilityError.OutcomeUnknown()
                        : new AvailabilityError.EventStoreUnavailable());
    }

    private void settle(Pending pending, PlatformError error) {
        var promise = pending.promise;
        table.release(pending);
        if (promise != null) {
            fail(promise, error);
        }
        inFlight = table.size();
    }

    private void fail(Promise<PublishReceipt> promise, PlatformError error) {
        metrics.failed(error.code());
        promise.fail(new PlatformException(error));
    }

    private void startTicking() {
        if (!ticking) {
            ticking = true;
            loop.schedule(this::tick, TICK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void tick() {
        ticking = false;
        resendOnNewConnection();
        send();
        long now = System.nanoTime();
        Pending pending;
        while ((pending = table.overdue(now - attemptNanos)) != null) {
            if (now - pending.acceptedAt >= deadlineNanos) {
                giveUp(pending);
            } else {
                attempt(pending, now);
            }
        }
        List<FairQueue.Waiting> late = queue.expire(now - patienceNanos);
        if (!late.isEmpty()) {
            refuse(
                    late,
                    link.live() == null
                            ? new AvailabilityError.EventStoreUnavailable()
                            : new AvailabilityError.PublisherSaturated(RETRY_AFTER));
        }
        advance();
        if (table.size() > 0 || !queue.isEmpty()) {
            startTicking();
        }
    }
}
