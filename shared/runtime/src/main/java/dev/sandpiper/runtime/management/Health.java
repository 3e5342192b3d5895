package dev.sandpiper.runtime.management;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether this node may be sent traffic. It may once it has started, until it shuts down, and while every check is well. Each
 * check has a second to answer; a report is kept for half a second and made by one caller for all, so that probes cannot
 * load the stores. Safe for use by several threads.
 */
public final class Health {
    private static final Duration DEADLINE = Duration.ofSeconds(1);
    private static final long KEPT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final List<HealthCheck> checks = new CopyOnWriteArrayList<>();
    private final LongSupplier nanoTime;
    private volatile boolean started;
    private volatile boolean shuttingDown;
    private @Nullable Future<Report> latest;
    private long latestAt;

    public Health() {
        this(System::nanoTime);
    }

    Health(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    public void add(HealthCheck check) {
        checks.add(check);
    }

    /** Everything is up: from now on the checks decide. */
    public void started() {
        started = true;
    }

    /** Unready from now on, whatever the checks say. */
    public void shuttingDown() {
        shuttingDown = true;
    }

    public boolean isStarted() {
        return started;
    }

    /** Never fails. */
    public Future<Report> report() {
        Promise<Report> promise;
        synchronized (this) {
            Future<Report> kept = latest;
            long now = nanoTime.getAsLong();
            if (kept != null && (!kept.isComplete() || now - latestAt < KEPT_NANOS)) {
                return kept.map(this::withState);
            }
            promise = Promise.promise();
            latest = promise.future();
            latestAt = now;
        }
        run().onComplete(promise);
        return promise.future().map(this::withState);
    }

    private Report withState(Report report) {
        return new Report(started, shuttingDown, report.results());
    }

    private Future<Report> run() {
        Map<String, Optional<String>> results = new TreeMap<>();
        List<Future<Void>> running = checks.stream()
                .map(check -> run(check).<Void>map(reason -> {
                    synchronized (results) {
                        results.put(check.name(), reason);
                    }
                    return null;
                }))
                .toList();
        return Future.join(running).map(done -> new Report(started, shuttingDown, results));
    }

    /** The reason why a check is not well; empty when it is. */
    private static Future<Optional<String>> run(HealthCheck check) {
        Future<Void> result;
        try {
            result = check.check();
        } catch (RuntimeException e) {
            result = Future.failedFuture(e);
        }
        return result.timeout(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
                .map(well -> Optional.<String>empty())
                .otherwise(failure -> Optional.of(reason(failure)));
    }

    private static String reason(Throwable failure) {
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }

    /**
     * What the checks said.
     *
     * @param results by name of the check, the reason why it is not well, empty when it is
     */
    public record Report(boolean started, boolean shuttingDown, Map<String, Optional<String>> results) {
        public Report {
            results = Map.copyOf(results);
        }

        public boolean ready() {
            return started && !shuttingDown && results.values().stream().allMatch(Optional::isEmpty);
        }
    }
}
