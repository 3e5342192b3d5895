package dev.sandpiper.sockets.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.runtime.auth.ApiKeys;
import dev.sandpiper.runtime.auth.AuthConfig;
import dev.sandpiper.runtime.config.Secret;
import dev.sandpiper.runtime.config.Settings;
import dev.sandpiper.runtime.postgres.Database;
import dev.sandpiper.runtime.postgres.PostgresConfig;
import dev.sandpiper.sockets.SubscriberPositions.Entry;
import dev.sandpiper.sockets.SubscriberPositions.Move;
import dev.sandpiper.sockets.SubscriberPositions.Place;
import dev.sandpiper.sockets.SubscriberPositions.Taken;
import dev.sandpiper.testkit.Eventually;
import dev.sandpiper.testkit.PostgresFixture;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PostgresPositionsTest {
    private static final TenantId TENANT = new TenantId("acme");
    private static final ProjectId PROJECT = new ProjectId("main");
    private static final ProjectId OTHER = new ProjectId("other");

    private final Vertx vertx = Vertx.vertx();
    private final Settings settings = new Settings(Map.of(
            "SANDPIPER_DATABASE_URL", PostgresFixture.shared().createDatabase().url())::get);
    private final Database database = Database.open(vertx, PostgresConfig.from(settings), new SimpleMeterRegistry());
    private final PostgresPositions positions = new PostgresPositions(database);

    @BeforeEach
    void makeProjects() {
        var keys =
                new ApiKeys(vertx, database, AuthConfig.from(settings), new Secret("of tests only, and long enough"));
        await(keys.createTenant(TENANT, "Acme", "free"));
        await(keys.createProject(TENANT, PROJECT, "Main"));
        await(keys.createProject(TENANT, OTHER, "Other"));
    }

    @AfterEach
    void close() {
        await(vertx.close());
    }

    private static Place place(ProjectId project, String subscriber, String topic) {
        return new Place(TENANT, project, subscriber, new Topic(topic));
    }

    private Taken take(Place place) {
        return await(positions.take(place, 100));
    }

    private boolean move(Place place, Taken by, @Nullable Cursor to) {
        return await(positions.move(List.of(new Move(place, by.fence(), to)))).contains(by.fence());
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.await(20, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("not within 20 seconds", e);
        }
    }

    @Test
    void onlyWhoTookAPositionLastMovesIt() {
        Place place = place(PROJECT, "s", "a");
        Taken first = take(place);
        assertThat(first.cursor()).isNull();
        assertThat(move(place, first, new Cursor(7, 10))).isTrue();
        Taken second = take(place);
        assertThat(second.cursor()).isEqualTo(new Cursor(7, 10));
        assertThat(second.fence()).isGreaterThan(first.fence());
        assertThat(move(place, first, new Cursor(7, 11))).isFalse();
        assertThat(take(place).cursor()).isEqualTo(new Cursor(7, 10));
    }

    @Test
    void aMoveWithoutACursorLeavesItWhereItIs() {
        Place place = place(PROJECT, "s", "a");
        Taken taken = take(place);
        assertThat(move(place, taken, null)).isTrue();
        assertThat(move(place, taken, new Cursor(7, 10))).isTrue();
        assertThat(move(place, taken, null)).isTrue();
        assertThat(take(place).cursor()).isEqualTo(new Cursor(7, 10));
    }

    @Test
    void manyMoveAtOnceAndEachItsOwn() {
        Place a = place(PROJECT, "s", "a");
        Place b = place(PROJECT, "s", "b");
        Place c = place(OTHER, "s", "a");
        Taken atA = take(a);
        Taken atB = take(b);
        Taken lost = take(c);
        Taken atC = take(c);
        assertThat(await(positions.move(List.of(
                        new Move(a, atA.fence(), new Cursor(7, 1)),
                        new Move(b, atB.fence(), new Cursor(7, 2)),
                        new Move(c, lost.fence(), new Cursor(7, 3))))))
                .containsExactlyInAnyOrder(atA.fence(), atB.fence());
        assertThat(move(c, atC, new Cursor(7, 4))).isTrue();
        assertThat(take(a).cursor()).isEqualTo(new Cursor(7, 1));
        assertThat(take(b).cursor()).isEqualTo(new Cursor(7, 2));
        assertThat(take(c).cursor()).isEqualTo(new Cursor(7, 4));
    }

    @Test
    void aProjectHasSoManyAndAnotherItsOwn() {
        assertThat(await(positions.take(place(PROJECT, "s", "a"), 2))).isNotNull();
        assertThat(await(positions.take(place(PROJECT, "s", "b"), 2))).isNotNull();
        assertThatExceptionOfType(PlatformException.class)
                .isThrownBy(() -> await(positions.take(place(PROJECT, "t", "a"), 2)))
                .satisfies(e -> assertThat(e.error().code()).isEqualTo("TOO_MANY_POSITIONS"));
        // What is there can be taken all the same.
        assertThat(await(positions.take(place(PROJECT, "s", "b"), 2))).isNotNull();
        assertThat(await(positions.take(place(OTHER, "t", "a"), 2))).isNotNull();
    }

    @Test
    void theListGoesByPagesAndStaysInItsProject() {
        for (String topic : List.of("a", "b", "c")) {
            take(place(PROJECT, "s", topic));
        }
        take(place(PROJECT, "t", "a"));
        take(place(OTHER, "s", "z"));
        List<Entry> first = await(positions.list(TENANT, PROJECT, null, null, 3));
        assertThat(first).extracting(entry -> entry.topic().name()).containsExactly("a", "b", "c");
        List<Entry> second = await(positions.list(TENANT, PROJECT, null, first.getLast(), 3));
        assertThat(second).extracting(Entry::subscriber).containsExactly("t");
        assertThat(await(positions.list(TENANT, PROJECT, "s", first.get(0), 3))).hasSize(2);
        assertThat(await(positions.delete(TENANT, PROJECT, "s", new Topic("b"))))
                .isEqualTo(1);
        assertThat(await(positions.delete(TENANT, PROJECT, "s", null))).isEqualTo(2);
        assertThat(await(positions.list(TENANT, OTHER, null, null, 3))).hasSize(1);
    }

    @Test
    void whatNobodyUsesIsForgotten() {
        Place used = place(PROJECT, "s", "used");
        Taken taken = take(used);
        take(place(PROJECT, "s", "unused"));
        Eventually.await("the unused one is gone", Duration.ofSeconds(20), () -> {
            assertThat(move(used, taken, null)).isTrue();
            await(positions.expire(Duration.ofMillis(500)));
            return await(positions.list(TENANT, PROJECT, null, null, 10)).size() == 1;
        });
        assertThat(await(positions.list(TENANT, PROJECT, null, null, 10))
                        .getFirst()
                        .topic())
                .isEqualTo(new Topic("used"));
    }
}
