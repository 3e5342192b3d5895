package dev.sandpiper.killswitch;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.audit.AuditOrigin;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Suspensions in memory, which may be away. */
final class MemorySuspensions implements SuspensionStore {
    private final Set<TenantId> suspended = new HashSet<>();
    private final Map<String, Confirmation> nodes = new HashMap<>();
    private long version;
    private boolean away;

    private record Confirmation(long version, long at) {}

    synchronized void away(boolean now) {
        away = now;
    }

    /** Another node, which never says anything again. */
    synchronized void falls(String node) {
        nodes.put(node, new Confirmation(version, System.nanoTime()));
    }

    /** Without a word to anybody. */
    synchronized Decided quietly(TenantId tenant, boolean suspend) {
        version++;
        if (suspend) {
            suspended.add(tenant);
        } else {
            suspended.remove(tenant);
        }
        return new Decided(tenant, "T", suspend ? "suspended" : "active", null, null, version);
    }

    @Override
    public Future<Decided> suspend(TenantId tenant, String reason, AuditOrigin origin) {
        return unlessAway(quietly(tenant, true));
    }

    @Override
    public Future<Decided> resume(TenantId tenant, @Nullable String reason, AuditOrigin origin) {
        return unlessAway(quietly(tenant, false));
    }

    @Override
    public synchronized Future<Answer> ask(String node, long confirmed) {
        nodes.put(node, new Confirmation(confirmed, System.nanoTime()));
        return unlessAway(new Answer(version, version == confirmed ? null : Set.copyOf(suspended)));
    }

    @Override
    public synchronized Future<Integer> behind(long wanted, Duration lease) {
        long since = System.nanoTime() - lease.toNanos();
        return unlessAway((int) nodes.values().stream()
                .filter(node -> node.version() < wanted && node.at() - since > 0)
                .count());
    }

    private synchronized <T> Future<T> unlessAway(T answer) {
        return away
                ? Future.failedFuture(new PlatformException(new AvailabilityError.DatabaseUnavailable()))
                : Future.succeededFuture(answer);
    }
}
