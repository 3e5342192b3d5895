package dev.sandpiper.publisher;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.EventId;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.domain.PublishTransaction;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.nats.AtomicAppend;
import dev.sandpiper.runtime.nats.EventCodec;
import dev.sandpiper.runtime.nats.EventStore;
import dev.sandpiper.runtime.nats.KeyRecord;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Events on their way into the stream in one step, and what is known about the attempts so far. Confined to one context. */
final class AtomicJob {
    /** Slower than this nothing is: what a large batch needs beyond the time of a small one. */
    private static final int BYTES_PER_MILLI = 4_096;

    /** Without an answer; a refusal that may pass is tried again more often. */
    private static final int ATTEMPTS = 2;

    private static final int MAX_GROUP = 128;
    private static final int MAX_GROUP_BYTES = 1 << 20;

    /** It waited for its turn all the time. */
    static final PlatformError SATURATED = new AvailabilityError.PublisherSaturated(Duration.ofSeconds(1));

    final TenantId tenant;
    final List<PublishCommand> commands;
    final KeyRecord record;
    final Promise<List<PublishReceipt>> promise = Promise.promise();
    final long acceptedAt = System.nanoTime();
    final Duration attemptTimeout;
    final long deadline;
    private final String keySubject;
    private final Duration lifetime;
    private final long[] lasts;
    private final long bytes;

    private int company = MAX_GROUP;

    /** Attempts whose outcome nobody told: while there is any, the events may be stored. */
    int unanswered;

    /** Why it cannot be done now, should the time be over. */
    PlatformError reason = SATURATED;

    AtomicJob(
            EventStore store,
            PublisherConfig config,
            ProjectId project,
            String key,
            Duration lifetime,
            List<PublishCommand> commands,
            List<EventId> ids) {
        this.tenant = commands.getFirst().tenant();
        this.commands = commands;
        this.record = KeyRecord.of(commands, ids);
        this.keySubject = store.subjects().key(tenant, project, key);
        this.lifetime = lifetime;
        this.lasts = new long[commands.size()];
        long sum = 0;
        for (int i = 0; i < lasts.length; i++) {
            lasts[i] = Precondition.expected(commands.get(i).options(), store.epoch());
            sum += commands.get(i).size();
        }
        this.bytes = sum;
        Duration patience = config.deadline().plusMillis(bytes / BYTES_PER_MILLI);
        this.attemptTimeout = patience.dividedBy(ATTEMPTS);
        this.deadline = acceptedAt + patience.toNanos();
    }

    /** From now on it goes with fewer others. */
    void part(int groupSize) {
        company = Math.max(1, groupSize / 2);
    }

    /** Whether it can go into the stream in one step with these, which is cheaper, and fails as a whole. */
    boolean goesWith(List<AtomicJob> others) {
        int limit = Math.min(company, others.getFirst().company);
        if (others.size() >= limit || isConditional() || others.getFirst().isConditional()) {
            return false;
        }
        long sum = bytes;
        int messages = commands.size() + 1;
        for (AtomicJob other : others) {
            if (other.keySubject.equals(keySubject)) {
                return false;
            }
            sum += other.bytes;
            messages += other.commands.size() + 1;
        }
        return sum <= MAX_GROUP_BYTES && messages <= PublishTransaction.MAX_EVENTS + 1;
    }

    private boolean isConditional() {
        for (long last : lasts) {
            if (last != EventCodec.ANY_LAST) {
                return true;
            }
        }
        return false;
    }

    String keySubject() {
        return keySubject;
    }

    /** From now on this must be the newest event of the topic of the event with this index. */
    void expect(int index, long last) {
        lasts[index] = last;
    }

    AtomicAppend.Batch batch() {
        return new AtomicAppend.Batch(keySubject, record, lifetime, commands, lasts);
    }

    /** @param known the record that is stored; this job's or that of the one that was first */
    List<PublishReceipt> receipts(KeyRecord known, EventStore store) {
        boolean duplicate = !known.ids().equals(record.ids());
        List<PublishReceipt> receipts = new ArrayList<>(commands.size());
        for (int i = 0; i < commands.size(); i++) {
            PublishCommand command = commands.get(i);
            receipts.add(new PublishReceipt(
                    known.ids().get(i),
                    command.topic(),
                    new Cursor(store.epoch(), known.sequence(i)),
                    duplicate,
                    command.deliveryClass(),
                    store.durability()));
        }
        return receipts;
    }
}
