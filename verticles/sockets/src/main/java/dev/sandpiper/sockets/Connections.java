package dev.sandpiper.sockets;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.ConnectionEnd;
import dev.sandpiper.domain.CredentialError;
import dev.sandpiper.domain.KeyId;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.TenantId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Predicate;

/** Every client connection of this node, over all transports and event loops. Safe for use by several threads. */
public final class Connections {
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final long NEVER = Long.MIN_VALUE;

    private final SocketsConfig config;
    private final SocketMetrics metrics;
    private final List<SocketLoop> loops = new CopyOnWriteArrayList<>();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicLong numbers = new AtomicLong();
    private final String prefix;
    private volatile long drainingUntil = NEVER;

    Connections(SocketsConfig config, SocketMetrics metrics) {
        this.config = config;
        this.metrics = metrics;
        this.prefix = Long.toString(ThreadLocalRandom.current().nextLong(36L * 36 * 36 * 36 * 36 * 36), 36) + "-";
    }

    /** Open connections of all transports. */
    public int count() {
        return count.get();
    }

    /** Open connections of one transport. */
    public int count(Transport transport) {
        return metrics.open(transport);
    }

    /** Subscriptions of all connections; a stream or poll over several topics counts once. */
    public int subscriptions() {
        return metrics.subscriptions();
    }

    /** A snapshot, loop by loop. */
    public Future<List<ConnectionInfo>> list() {
        return onEveryLoop(loop -> {
                    List<ConnectionInfo> infos = new ArrayList<>();
                    loop.table()
                            .forEach(c -> infos.add(new ConnectionInfo(
                                    id(c.number()), c.transport(), c.principal(), c.subscriptions())));
                    return infos;
                })
                .map(lists -> lists.stream().flatMap(List::stream).toList());
    }

    /** Closes what was opened with a key, with {@code KEY_REVOKED}; returns how many connections that were. */
    public Future<Integer> closeByKey(KeyId key) {
        return close(connection -> connection.uses(key), new CredentialError.KeyRevoked());
    }

    /** Closes what belongs to a tenant, with {@code TENANT_SUSPENDED}; likewise. */
    public Future<Integer> closeByTenant(TenantId tenant) {
        return close(
                connection -> {
                    Principal who = connection.principal();
                    return who != null && who.tenant().equals(tenant);
                },
                new ConnectionEnd.TenantSuspended());
    }

    private Future<Integer> close(Predicate<ClientConnection> which, PlatformError reason) {
        return onEveryLoop(loop -> {
                    var closed = new AtomicInteger();
                    loop.table().forEach(connection -> {
                        if (which.test(connection)) {
                            closed.incrementAndGet();
                            connection.end(reason);
                        }
                    });
                    return closed.get();
                })
                .map(counts -> counts.stream().mapToInt(Integer::intValue).sum());
    }

    /** Closes what was opened with tokens that are not believed any more, with {@code TOKEN_REVOKED}. */
    void checkTokens() {
        onEveryLoop(loop -> {
            loop.checkTokens();
            return true;
        });
    }

    /**
     * Refuses new connections from now on and asks every client to come back to another node, each at another moment.
     * Completes when all are gone, or after {@code patience}, when the rest is cut off.
     */
    public Future<Void> drain(Duration patience) {
        drainingUntil = System.nanoTime() + patience.toNanos();
        onEveryLoop(loop -> {
            loop.table().forEach(connection -> connection.end(new ConnectionEnd.ShuttingDown(reconnectAfter())));
            return true;
        });
        return drained()
                .eventually(() -> onEveryLoop(loop -> {
                    loop.table().forEach(ClientConnection::cut);
                    return true;
                }));
    }

    private Future<Void> drained() {
        if (loops.isEmpty() || count.get() == 0) {
            return Future.succeededFuture();
        }
        Promise<Void> drained = Promise.promise();
        loops.getFirst().context().owner().setPeriodic(20, timer -> {
            if (count.get() == 0 || System.nanoTime() - drainingUntil > 0) {
                loops.getFirst().context().owner().cancelTimer(timer);
                drained.tryComplete();
            }
        });
        return drained.future();
    }

    private Duration reconnectAfter() {
        return Duration.ofMillis(
                ThreadLocalRandom.current().nextLong(config.reconnectSpread().toMillis() + 1));
    }

    /** @throws PlatformException when no further connection is wanted */
    void requireRoom() {
        if (drainingUntil != NEVER) {
            throw new PlatformException(new ConnectionEnd.ShuttingDown(reconnectAfter()));
        }
        if (count.get() >= config.maxConnections()) {
            throw new PlatformException(new AvailabilityError.TooManyConnections(RETRY));
        }
    }

    void add(SocketLoop loop) {
        loops.add(loop);
    }

    /** @throws PlatformException like {@link #requireRoom} */
    long open(Transport transport) {
        requireRoom();
        if (count.incrementAndGet() > config.maxConnections()) {
            count.decrementAndGet();
            throw new PlatformException(new AvailabilityError.TooManyConnections(RETRY));
        }
        metrics.opened(transport);
        return numbers.incrementAndGet();
    }

    void closed(Transport transport) {
        count.decrementAndGet();
        metrics.closed(transport);
    }

    /** What {@code number} is called outside of this node. */
    String id(long number) {
        return prefix + Long.toString(number, 36);
    }

    private <T> Future<List<T>> onEveryLoop(Function<SocketLoop, T> work) {
        List<Future<T>> results = new ArrayList<>();
        for (SocketLoop loop : loops) {
            Promise<T> result = Promise.promise();
            loop.context().runOnContext(v -> result.complete(work.apply(loop)));
            results.add(result.future());
        }
        return Future.all(results).map(all -> all.list());
    }
}
