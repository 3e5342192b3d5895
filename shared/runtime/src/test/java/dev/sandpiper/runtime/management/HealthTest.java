package dev.sandpiper.runtime.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HealthTest {
    private final AtomicLong clock = new AtomicLong();
    private final Health health = new Health(clock::get);

    @Test
    void aNodeIsNotReadyBeforeItHasStarted() throws Exception {
        assertThat(report().ready()).isFalse();

        health.started();

        assertThat(report().ready()).isTrue();
    }

    @Test
    void oneFailingCheckMakesTheNodeUnreadyAndSaysWhy() throws Exception {
        health.started();
        health.add(HealthCheck.of("good", Future::succeededFuture));
        health.add(HealthCheck.of("bad", () -> Future.failedFuture("no route to host")));

        Health.Report report = report();

        assertThat(report.ready()).isFalse();
        assertThat(report.results())
                .isEqualTo(Map.of("good", Optional.empty(), "bad", Optional.of("no route to host")));
    }

    @Test
    void aCheckThatThrowsIsACheckThatFailed() throws Exception {
        health.started();
        health.add(HealthCheck.of("throwing", () -> {
            throw new IllegalStateException("broken check");
        }));

        assertThat(report().results()).containsEntry("throwing", Optional.of("broken check"));
    }

    @Test
    void aCheckThatDoesNotAnswerIsCutOffAfterASecond() throws Exception {
        health.started();
        health.add(HealthCheck.of("hanging", () -> Promise.<Void>promise().future()));

        assertThat(report().results().get("hanging"))
                .hasValueSatisfying(reason -> assertThat(reason).contains("1000"));
    }

    @Test
    void shuttingDownIsUnreadyAtOnceWhateverWasReportedBefore() throws Exception {
        health.started();
        assertThat(report().ready()).isTrue();

        health.shuttingDown();

        assertThat(report().ready()).isFalse();
    }

    @Test
    void checksRunOnceForManyWhoAskAndAgainAfterHalfASecond() throws Exception {
        var runs = new AtomicInteger();
        health.add(HealthCheck.of("counted", () -> {
            runs.incrementAndGet();
            return Future.succeededFuture();
        }));

        report();
        clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(499));
        report();
        assertThat(runs).hasValue(1);

        clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
        report();
        assertThat(runs).hasValue(2);
    }

    private Health.Report report() throws TimeoutException {
        return health.report().await(5, TimeUnit.SECONDS);
    }
}
