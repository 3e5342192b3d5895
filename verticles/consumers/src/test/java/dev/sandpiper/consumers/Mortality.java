package dev.sandpiper.consumers;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.runtime.events.EventFilter;
import dev.sandpiper.runtime.events.Publisher;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets a node do so many things to the world and no more. The last one it does without hearing the answer, or not at all; then
 * it is dead, and whatever it tries does nothing.
 */
final class Mortality {
    static final Mortality IMMORTAL = new Mortality(Integer.MAX_VALUE, false);

    private final AtomicInteger left;
    private final boolean lastIsDone;

    Mortality(int steps, boolean lastIsDone) {
        this.left = new AtomicInteger(steps);
        this.lastIsDone = lastIsDone;
    }

    boolean isDead() {
        return left.get() <= 0;
    }

    private <T> Future<T> step(Supplier<Future<T>> effect) {
        int remaining = left.updateAndGet(n -> n == Integer.MAX_VALUE ? n : n - 1);
        if (remaining > 0) {
            return effect.get();
        }
        Future<?> last = remaining == 0 && lastIsDone ? effect.get() : Future.succeededFuture();
        return last.transform(
                ignored -> Future.failedFuture(new PlatformException(new AvailabilityError.EventStoreUnavailable())));
    }

    Publisher of(Publisher publisher) {
        return command -> step(() -> publisher.publish(command));
    }

    DeliveryLedger of(DeliveryLedger ledger) {
        return new DeliveryLedger() {
            @Override
            public Future<Map<Long, Noted>> note(Consumer consumer, List<PulledEvent> events) {
                return ledger.note(consumer, events);
            }

            @Override
            public Future<List<Verdict>> decide(Consumer consumer, List<Claim> claims, Decision decision) {
                return step(() -> ledger.decide(consumer, claims, decision));
            }

            @Override
            public Future<Set<Cursor>> open(Consumer consumer, List<Claim> claims) {
                return ledger.open(consumer, claims);
            }

            @Override
            public Future<List<Renewed>> release(Consumer consumer, List<Claim> claims) {
                return step(() -> ledger.release(consumer, claims));
            }

            @Override
            public Future<List<Renewed>> prolong(Consumer consumer, List<Claim> claims) {
                return step(() -> ledger.prolong(consumer, claims));
            }

            @Override
            public Future<Void> finish(Incarnation of, List<Cursor> sources, byte @Nullable [] receipts) {
                return step(() -> ledger.finish(of, sources, receipts));
            }

            @Override
            public Future<List<Decided>> unfinished(Duration untouched, int limit) {
                return ledger.unfinished(untouched, limit);
            }

            @Override
            public Future<Void> forget(Duration history) {
                return ledger.forget(history);
            }

            @Override
            public Future<@Nullable Instant> oldestOpen(Consumer consumer) {
                return ledger.oldestOpen(consumer);
            }
        };
    }

    ConsumerStream of(ConsumerStream stream) {
        return new ConsumerStream() {
            @Override
            public Future<Void> ensure(Consumer consumer) {
                return stream.ensure(consumer);
            }

            @Override
            public Future<ConsumerState> state(Consumer consumer) {
                return stream.state(consumer);
            }

            @Override
            public Future<Void> remove(String durable) {
                return stream.remove(durable);
            }

            @Override
            public Future<List<PulledEvent>> pull(
                    Consumer consumer, int batch, Duration wait, @Nullable Supplier<EventFilter> filter) {
                return stream.pull(consumer, batch, wait, filter);
            }

            @Override
            public Future<@Nullable PublishReceipt> published(PublishCommand command, long after) {
                return stream.published(command, after);
            }

            @Override
            public Future<Void> acknowledge(String reply) {
                return step(() -> stream.acknowledge(reply));
            }

            @Override
            public Future<Void> terminate(String reply, @Nullable String reason) {
                return step(() -> stream.terminate(reply, reason));
            }

            @Override
            public Future<Void> refuse(String reply, Duration delay) {
                return step(() -> stream.refuse(reply, delay));
            }

            @Override
            public Future<Void> prolong(String reply) {
                return step(() -> stream.prolong(reply));
            }
        };
    }
}
