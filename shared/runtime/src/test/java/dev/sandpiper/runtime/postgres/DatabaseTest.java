package dev.sandpiper.runtime.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.runtime.config.Settings;
import dev.sandpiper.testkit.Eventually;
import dev.sandpiper.testkit.FaultProxy;
import dev.sandpiper.testkit.PostgresFixture;
import dev.sandpiper.testkit.TestDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DatabaseTest {
    private final Vertx vertx = Vertx.vertx();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @AfterEach
    void close() throws Exception {
        vertx.close().await(5, TimeUnit.SECONDS);
    }

    @Test
    void aQueryIsAnswered() throws Exception {
        Database database = open(PostgresFixture.shared().createDatabase().url());

        assertThat(await(database.query("SELECT $1::int + 1", Tuple.of(41)))
                        .iterator()
                        .next()
                        .getInteger(0))
                .isEqualTo(42);
        await(database.probe());
    }

    @Test
    void anErrorInTheStatementIsNoAbsenceOfTheDatabase() {
        Database database = open(PostgresFixture.shared().createDatabase().url());

        assertThatThrownBy(() -> await(database.query("SELECT nonsense")))
                .isInstanceOfSatisfying(
                        PgException.class, e -> assertThat(e.getSqlState()).isEqualTo("42703"));
    }

    @Test
    void aWrongPasswordIsAsGoodAsNoDatabase() {
        TestDatabase real = PostgresFixture.shared().createDatabase();
        Database database = open(real.url().replace(real.password(), "wrong"));

        assertUnavailable(database.probe());
    }

    @Test
    void anAnswerComesOnTheCallersContext() throws Exception {
        Database database = open(PostgresFixture.shared().createDatabase().url());
        var context = vertx.getOrCreateContext();

        Future<Boolean> same = Future.future(promise -> context.runOnContext(v -> database.probe()
                .map(done -> context.equals(Vertx.currentContext()))
                .onComplete(promise)));

        assertThat(await(same)).isTrue();
    }

    @Test
    void aServerThatWasKilledIsFoundAgainWhenItIsBack() throws Exception {
        PostgresFixture fixture = PostgresFixture.own();
        Database database = open(fixture.createDatabase().url());
        await(database.probe());

        fixture.server().kill();
        assertUnavailable(database.probe());
        assertUnavailable(database.probe());

        fixture.server().restart();
        Eventually.await("the database answers", () -> succeeds(database.probe()));
        assertThat(registry.get("sandpiper.postgres.query")
                        .tag("outcome", "unavailable")
                        .timer()
                        .count())
                .isGreaterThanOrEqualTo(2);
    }

    @Test
    void aServerThatAcceptsAndNeverAnswersIsAnErrorWithinTwoSeconds() throws Exception {
        try (FaultProxy proxy = FaultProxy.to(PostgresFixture.shared().port())) {
            Database database = open(through(proxy));
            await(database.probe());

            proxy.goSilent();
            for (int i = 0; i < 4; i++) { // on connections from before, then on new ones, then on a full pool
                long start = System.nanoTime();
                assertUnavailable(database.probe());
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
            }

            proxy.restore();
            Eventually.await("the database answers", () -> succeeds(database.probe()));
        }
    }

    @Test
    void connectionsToASilentServerAreGivenUp() throws Exception {
        AtomicInteger opened = new AtomicInteger();
        AtomicInteger closed = new AtomicInteger();
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> acceptInSilence(silent, opened, closed));
            Database database = open("postgresql://u:p@127.0.0.1:" + silent.getLocalPort() + "/d?sslmode=disable");

            List<Future<Void>> probes = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                probes.add(database.probe());
            }
            probes.forEach(DatabaseTest::assertUnavailable);

            assertThat(opened).hasPositiveValue();
            Eventually.await("every connection is closed", () -> closed.get() == opened.get());
        }
    }

    private static void acceptInSilence(ServerSocket server, AtomicInteger opened, AtomicInteger closed) {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                opened.incrementAndGet();
                Thread.ofVirtual().start(() -> {
                    readToTheEnd(socket);
                    closed.incrementAndGet();
                });
            } catch (IOException e) {
                return; // the test is over
            }
        }
    }

    private static void readToTheEnd(Socket socket) {
        try (socket) {
            socket.getInputStream().readAllBytes();
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("reset");
        }
    }

    private static String through(FaultProxy proxy) {
        TestDatabase database = PostgresFixture.shared().createDatabase();
        int port = PostgresFixture.shared().port();
        return database.url().replace(":" + port + "/", ":" + proxy.port() + "/");
    }

    private Database open(String url) {
        var settings = new Settings(Map.of(
                "SANDPIPER_DATABASE_URL", url,
                "SANDPIPER_DATABASE_POOL_SIZE", "2",
                "SANDPIPER_DATABASE_IDLE_TIMEOUT", "1s")::get);
        PostgresConfig config = PostgresConfig.from(settings);
        settings.check();
        return Database.open(vertx, config, registry);
    }

    private static void assertUnavailable(Future<?> future) {
        assertThatThrownBy(() -> await(future))
                .isInstanceOfSatisfying(
                        PlatformException.class,
                        e -> assertThat(e.error()).isInstanceOf(AvailabilityError.DatabaseUnavailable.class));
    }

    private static boolean succeeds(Future<?> future) {
        try {
            await(future);
            return true;
        } catch (Exception e) {
            return false;
        }
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.await(10, TimeUnit.SECONDS);
    }
}
