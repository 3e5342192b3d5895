package dev.sandpiper.runtime.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.testkit.FaultProxy;
import dev.sandpiper.testkit.PostgresFixture;
import dev.sandpiper.testkit.TestDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Connections that are closed because nobody used them. */
class IdleConnectionsTest {
    private static final Duration IDLE = Duration.ofSeconds(1);
    /** Each way. */
    private static final Duration DISTANCE = Duration.ofMillis(150);

    @Test
    void whoAsksRightBeforeItWouldBeClosedIsAnswered() throws Exception {
        Vertx vertx = Vertx.vertx();
        TestDatabase server = PostgresFixture.shared().createDatabase();
        PostgresUrl url = PostgresUrl.parse(server.url());
        try (FaultProxy far = FaultProxy.to(url.port())) {
            far.delay(DISTANCE);
            var config = new PostgresConfig(
                    PostgresUrl.parse(server.url().replace(":" + url.port(), ":" + far.port())),
                    1,
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(10),
                    IDLE);
            Database database = Database.open(vertx, config, new SimpleMeterRegistry());
            for (int i = 0; i < 2; i++) {
                assertThat(database.query("SELECT 1")
                                .await(20, TimeUnit.SECONDS)
                                .size())
                        .isEqualTo(1);
                // The question is on its way when nothing was received for so long.
                vertx.timer(IDLE.minus(DISTANCE.dividedBy(2)).toMillis(), TimeUnit.MILLISECONDS)
                        .await(20, TimeUnit.SECONDS);
            }
            database.close().await(10, TimeUnit.SECONDS);
        }
        vertx.close().await(10, TimeUnit.SECONDS);
    }
}
