package dev.sandpiper.killswitch;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.ConnectionEnd;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.audit.AuditOrigin;
import dev.sandpiper.runtime.auth.Suspensions;
import dev.sandpiper.runtime.auth.Wakefulness;
import dev.sandpiper.runtime.events.Publisher;
import dev.sandpiper.runtime.events.Transactions;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Suspends tenants everywhere at once, and resumes them. One per node. PostgreSQL is the truth; the bus makes it quick.
 *
 * <p>A suspension is acknowledged after every node has cut the tenant off, or has been silent for longer than its lease and so serves
 * nobody of whom it is not sure (as {@link KillswitchConfig} says). Safe for use by several threads.
 */
public final class KillSwitch implements Suspensions {
    private static final PlatformError SUSPENDED = new ConnectionEnd.TenantSuspended();
    private static final PlatformError UNKNOWN = new AvailabilityError.NodeUnavailable();
    private static final long STEP_MILLIS = 20;

    /** A node counts from when it asked or was answered, PostgreSQL from in between. */
    private static final Duration MARGIN = Duration.ofMillis(500);

    private final Vertx vertx;
    private final SuspensionStore store;
    private final KillswitchConfig config;
    private final SuspensionNews news;
    private final Counter switched;

    public KillSwitch(
            Vertx vertx, String node, SuspensionStore store, KillswitchConfig config, MeterRegistry registry) {
        this.vertx = vertx;
        this.store = store;
        this.config = config;
        this.news = new SuspensionNews(vertx, node, store, config);
        this.switched = Counter.builder("sandpiper.killswitch.decisions")
                .description("Suspensions and resumptions of tenants that were decided on this node")
                .register(registry);
        Gauge.builder(
                        "sandpiper.killswitch.suspended",
                        news,
                        now -> now.known().suspended().size())
                .description("Tenants that this node knows to be suspended")
                .register(registry);
    }

    /** Whether this node may have missed a suspension. */
    public Wakefulness wakefulness() {
        return news.wakefulness();
    }

    /** Succeeds also when PostgreSQL is away. */
    public Future<Void> start() {
        return news.start();
    }

    public Future<Void> close() {
        return news.close();
    }

    @Override
    public @Nullable PlatformError refusal(TenantId tenant) {
        if (news.known().suspended().contains(tenant)) {
            return SUSPENDED;
        }
        long now = System.nanoTime();
        boolean unknown = news.isThawing(now)
                || (config.unverified() == KillswitchConfig.Unverified.REFUSE && news.isUnverified(now));
        return unknown ? UNKNOWN : null;
    }

    @Override
    public Runnable onSuspended(Function<TenantId, Future<?>> listener) {
        return news.onSuspended(listener);
    }

    /** The same publisher, but for tenants that are not served. */
    public Publisher guard(Publisher publisher) {
        return command -> {
            PlatformError refusal = refusal(command.tenant());
            return refusal == null ? publisher.publish(command) : Future.failedFuture(new PlatformException(refusal));
        };
    }

    /** Likewise. */
    public Transactions guardTogether(Transactions transactions) {
        return transaction -> {
            PlatformError refusal = refusal(transaction.tenant());
            return refusal == null
                    ? transactions.publish(transaction)
                    : Future.failedFuture(new PlatformException(refusal));
        };
    }

    /** Fails with {@code RESOURCE_NOT_FOUND} and {@code DATABASE_UNAVAILABLE}. What it wrote before it failed holds. */
    Future<SuspensionStore.Decided> suspend(TenantId tenant, String reason, AuditOrigin origin) {
        return store.suspend(tenant, reason, origin).compose(this::carryOut);
    }

    /** Likewise. */
    Future<SuspensionStore.Decided> resume(TenantId tenant, @Nullable String reason, AuditOrigin origin) {
        return store.resume(tenant, reason, origin).compose(this::carryOut);
    }

    private Future<SuspensionStore.Decided> carryOut(SuspensionStore.Decided decided) {
        switched.increment();
        boolean suspended = decided.status().equals("suspended");
        news.announce(new SuspensionWord(decided.tenant(), decided.version(), suspended));
        // Longer than the lease nobody is waited for, and a little more for the question itself.
        long patience =
                System.nanoTime() + config.lease().plus(Duration.ofSeconds(1)).toNanos();
        return everywhere(decided, patience);
    }

    private Future<SuspensionStore.Decided> everywhere(SuspensionStore.Decided decided, long patience) {
        return store.behind(decided.version(), config.lease().plus(MARGIN)).compose(behind -> {
            if (behind == 0 || System.nanoTime() - patience > 0) {
                return Future.succeededFuture(decided);
            }
            return vertx.timer(STEP_MILLIS, TimeUnit.MILLISECONDS).compose(later -> everywhere(decided, patience));
        });
    }
}
