package dev.sandpiper.runtime.postgres;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.PlatformException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Bounds and measures what is asked of PostgreSQL, and tells its absence from a wrong statement. Safe for several threads. */
final class DatabaseClock {
    private static final Logger log = LoggerFactory.getLogger(DatabaseClock.class);

    private final Duration timeout;
    private final Timer answered;
    private final Timer unavailable;
    private final AtomicBoolean reachable = new AtomicBoolean(true);

    DatabaseClock(Duration timeout, MeterRegistry registry) {
        this.timeout = timeout;
        this.answered = timer(registry, "answered");
        this.unavailable = timer(registry, "unavailable");
    }

    /** What was just asked, as one query in the metrics. */
    <T> Future<T> timed(Future<T> asked) {
        long start = System.nanoTime();
        return bounded(asked).onComplete(result -> {
            Timer outcome = result.failed() && isUnavailable(result.cause()) ? unavailable : answered;
            outcome.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        });
    }

    /** Ends in time; what means that PostgreSQL cannot be reached fails as {@code DATABASE_UNAVAILABLE}. */
    <T> Future<T> bounded(Future<T> asked) {
        return asked.timeout(timeout.toMillis(), TimeUnit.MILLISECONDS).transform(result -> {
            Throwable failure = result.cause();
            if (failure == null || !DatabaseFailures.isUnavailable(failure)) {
                if (failure == null || !isUnavailable(failure)) {
                    reached();
                }
                return asked;
            }
            missed(failure);
            return Future.failedFuture(new PlatformException(new AvailabilityError.DatabaseUnavailable(), failure));
        });
    }

    private void reached() {
        if (!reachable.get() && reachable.compareAndSet(false, true)) {
            log.atInfo().log("PostgreSQL answers again");
        }
    }

    private void missed(Throwable failure) {
        if (reachable.compareAndSet(true, false)) {
            log.atWarn().addKeyValue("reason", String.valueOf(failure)).log("PostgreSQL cannot be reached");
        }
    }

    private static boolean isUnavailable(Throwable failure) {
        return failure instanceof PlatformException known
                && known.error() instanceof AvailabilityError.DatabaseUnavailable;
    }

    private static Timer timer(MeterRegistry registry, String outcome) {
        return Timer.builder("sandpiper.postgres.query")
                .description("Time to the answer of PostgreSQL, waiting for a connection included")
                .tag("outcome", outcome)
                .register(registry);
    }
}
