package dev.sandpiper.schedules;

import dev.sandpiper.domain.EventHeaders;
import dev.sandpiper.domain.EventIds;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishOptions;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.runtime.config.Settings;
import dev.sandpiper.runtime.postgres.Database;
import dev.sandpiper.runtime.postgres.PostgresConfig;
import dev.sandpiper.schedules.postgres.PostgresSchedules;
import dev.sandpiper.testkit.PostgresFixture;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A table of schedules of its own, with a clock that a test can put forward, and as many projects as it asks for. */
final class ScheduleWorld implements AutoCloseable {
    static final TenantId TENANT = new TenantId("acme");

    /** Such as a test can fill, and so near that a test can ask for more. */
    static final SchedulesConfig CONFIG =
            new SchedulesConfig(20, Duration.ofHours(1), Duration.ofMillis(20), Duration.ofMillis(100));

    final Vertx vertx = Vertx.vertx();
    final Database database;
    final PostgresSchedules store;
    private volatile Duration ahead = Duration.ZERO;
    private int projects;

    ScheduleWorld() {
        String url = PostgresFixture.shared().createDatabase().url();
        database = Database.open(
                vertx,
                PostgresConfig.from(new Settings(
                        Map.of("SANDPIPER_DATABASE_URL", url, "SANDPIPER_DATABASE_QUERY_TIMEOUT", "20s")::get)),
                new SimpleMeterRegistry());
        store = new PostgresSchedules(database, CONFIG, () -> ahead);
        query("INSERT INTO tenants (id, name, created_at) VALUES ($1, $1, now())", Tuple.of(TENANT.value()));
    }

    static <T extends @Nullable Object> T await(Future<T> future) {
        try {
            return future.await(30, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("not within 30 seconds", e);
        }
    }

    static PlatformError error(Future<?> future) {
        try {
            throw new AssertionError("expected a failure, not " + await(future));
        } catch (PlatformException e) {
            return e.error();
        }
    }

    ProjectId createProject() {
        var project = new ProjectId("p" + ++projects);
        query(
                "INSERT INTO projects (tenant, id, name, created_at) VALUES ($1, $2, $2, now())",
                Tuple.of(TENANT.value(), project.value()));
        return project;
    }

    void query(String sql, Tuple parameters) {
        await(database.platform().query(sql, parameters));
    }

    /** From now on it is so much later. */
    void pass(Duration time) {
        ahead = ahead.plus(time);
    }

    /** By this world's clock, as precise as PostgreSQL keeps it. */
    Instant in(Duration time) {
        return Instant.now().plus(ahead).plus(time).truncatedTo(ChronoUnit.MICROS);
    }

    static PublishCommand event(ProjectId project, String json, @Nullable String key) {
        return new PublishCommand(
                TENANT,
                project,
                new Topic("later"),
                "due",
                json.getBytes(StandardCharsets.UTF_8),
                null,
                EventHeaders.of(Map.of("origin", "plan: \"größer\"")),
                key,
                null,
                null,
                PublishOptions.ttl(Duration.ofDays(1)));
    }

    Future<ScheduleStore.Inserted> begin(PublishCommand command, Instant time) {
        String id = new EventIds(ThreadLocalRandom.current())
                .next(System.currentTimeMillis())
                .value();
        return store.insert(id, command, time);
    }

    String schedule(PublishCommand command, Instant time) {
        return await(begin(command, time)).id();
    }

    /** The one that publishes; there must be no other. */
    DueSchedules own() {
        DueSchedules mine = await(store.own());
        if (mine == null) {
            throw new AssertionError("another is the owner");
        }
        return mine;
    }

    Schedule find(ProjectId project, String id) {
        return await(store.find(TENANT, project, id));
    }

    @Override
    public void close() {
        await(database.close());
        await(vertx.close());
    }
}
