package dev.sandpiper.schedules;

import static dev.sandpiper.schedules.ScheduleWorld.CONFIG;
import static dev.sandpiper.schedules.ScheduleWorld.TENANT;
import static dev.sandpiper.schedules.ScheduleWorld.await;
import static dev.sandpiper.schedules.ScheduleWorld.error;
import static dev.sandpiper.schedules.ScheduleWorld.event;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.EventHeaders;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.RequestError;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What waits, in a real PostgreSQL. */
class ScheduleStoreTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final PlatformError NONE = new ConflictError.ResourceNotFound("schedule");

    private static ScheduleWorld world;
    private ProjectId project;

    @BeforeAll
    static void open() {
        world = new ScheduleWorld();
    }

    @AfterAll
    static void close() {
        world.close();
    }

    @BeforeEach
    void createProject() {
        project = world.createProject();
    }

    @Test
    void whatIsFoundIsWhatWasScheduled() {
        Instant time = world.in(SOON);
        String id = world.schedule(event(project, "{\"n\":1}", "key"), time);
        Schedule found = world.find(project, id);
        assertThat(found.command()).usingRecursiveComparison().isEqualTo(event(project, "{\"n\":1}", "key"));
        assertThat(found.deliverAt()).isEqualTo(time);
        assertThat(found.createdAt()).isBetween(time.minusSeconds(40), time.minusSeconds(5));
        assertThat(found.state()).isEqualTo(Schedule.State.WAITING);
        assertThat(found.attempts()).isZero();
        assertThat(found.error()).isNull();
        assertThat(found.endedAt()).isNull();
        var plain = event(project, "2", null).withHeaders(EventHeaders.NONE);
        assertThat(world.find(project, world.schedule(plain, time)).command().headers())
                .isSameAs(EventHeaders.NONE);
    }

    @Test
    void aTimeThatIsPastOrTooFarAwayIsRefused() {
        assertThat(error(world.begin(event(project, "1", null), world.in(Duration.ofSeconds(-1)))))
                .isEqualTo(new RequestError.InvalidParameter("deliver_at", "must be in the future"));
        assertThat(error(world.begin(
                        event(project, "1", null), world.in(CONFIG.maxAhead().plusSeconds(60)))))
                .isInstanceOf(RequestError.InvalidParameter.class);
        assertThat(world.find(
                                project,
                                world.schedule(
                                        event(project, "1", null),
                                        world.in(CONFIG.maxAhead().minusSeconds(60))))
                        .state())
                .isEqualTo(Schedule.State.WAITING);
    }

    @Test
    void aProjectHasSoManyAndNotMore() {
        String first = world.schedule(event(project, "0", null), world.in(SOON));
        for (int i = 1; i < CONFIG.maxPerProject(); i++) {
            world.schedule(event(project, Integer.toString(i), null), world.in(SOON));
        }
        assertThat(error(world.begin(event(project, "x", null), world.in(SOON))))
                .isEqualTo(new ConflictError.TooManySchedules(CONFIG.maxPerProject()));
        assertThat(await(world.begin(event(world.createProject(), "1", null), world.in(SOON)))
                        .duplicate())
                .isFalse();
        await(world.store.cancel(TENANT, project, first));
        assertThat(await(world.begin(event(project, "x", null), world.in(SOON))).duplicate())
                .isFalse();
    }

    @Test
    void aKeyGivesTheFirstScheduleAgainAlsoWhenItsTimeIsPast() {
        Instant time = world.in(SOON);
        String id = world.schedule(event(project, "1", "key"), time);
        assertThat(await(world.begin(event(project, "1", "key"), time)))
                .isEqualTo(new ScheduleStore.Inserted(id, time, true));
        assertThat(error(world.begin(event(project, "2", "key"), time)))
                .isEqualTo(new ConflictError.IdempotencyConflict());
        assertThat(error(world.begin(event(project, "1", "key").withHeaders(EventHeaders.NONE), time)))
                .isEqualTo(new ConflictError.IdempotencyConflict());
        assertThat(error(world.begin(
                        event(project, "1", "key").withHeaders(EventHeaders.of(Map.of("origin", "x"))), time)))
                .isEqualTo(new ConflictError.IdempotencyConflict());
        assertThat(error(world.begin(event(project, "1", "key"), time.plusSeconds(1))))
                .isEqualTo(new ConflictError.IdempotencyConflict());
        world.pass(SOON.plusSeconds(1));
        assertThat(await(world.begin(event(project, "1", "key"), time)).duplicate())
                .isTrue();
        assertThat(await(world.begin(event(world.createProject(), "1", "key"), world.in(SOON)))
                        .duplicate())
                .as("keys are of a project")
                .isFalse();
    }

    @Test
    void pagesGoThroughWhatWaitsByTimeAndSkipNothing() {
        List<String> expected = new ArrayList<>();
        Instant time = world.in(SOON);
        for (int i = 0; i < 10; i++) {
            // Two have the same time each: the id decides.
            expected.add(world.schedule(event(project, "1", null), time.plusSeconds(i / 2)));
        }
        expected.sort((a, b) -> {
            int byTime = world.find(project, a)
                    .deliverAt()
                    .compareTo(world.find(project, b).deliverAt());
            return byTime == 0 ? a.compareTo(b) : byTime;
        });
        List<String> listed = new ArrayList<>();
        SchedulePage page = await(world.store.list(TENANT, project, 3, null));
        while (true) {
            page.items().forEach(item -> listed.add(item.id()));
            if (page.next() == null) {
                break;
            }
            page = await(world.store.list(TENANT, project, 3, page.next()));
        }
        assertThat(listed).containsExactlyElementsOf(expected);
        assertThat(error(world.store.list(TENANT, project, 3, "nonsense")))
                .isInstanceOf(RequestError.InvalidParameter.class);
    }

    @Test
    void anotherProjectNeitherSeesNorCancelsIt() {
        String id = world.schedule(event(project, "1", null), world.in(SOON));
        ProjectId stranger = world.createProject();
        assertThat(error(world.store.find(TENANT, stranger, id))).isEqualTo(NONE);
        assertThat(error(world.store.cancel(TENANT, stranger, id))).isEqualTo(NONE);
        assertThat(await(world.store.list(TENANT, stranger, 10, null)).items()).isEmpty();
        assertThat(world.find(project, id).state()).isEqualTo(Schedule.State.WAITING);
    }

    @Test
    void oneNodeOwnsWhatIsDueUntilItLetsGo() {
        DueSchedules owner = world.own();
        assertThat(await(world.store.own())).isNull();
        await(owner.release());
        assertThat(owner.isLost()).isTrue();
        DueSchedules next = world.own();
        assertThat(error(owner.claim())).isNotNull();
        await(next.release());
    }

    @Test
    void whatIsBeingPublishedCannotBeCancelledAndWhatIsCancelledIsNotPublished() {
        String cancelled = world.schedule(event(project, "1", null), world.in(SOON));
        String claimed = world.schedule(event(project, "2", null), world.in(SOON));
        String later = world.schedule(event(project, "3", null), world.in(SOON.multipliedBy(10)));
        await(world.store.cancel(TENANT, project, cancelled));
        assertThat(world.find(project, cancelled).state()).isEqualTo(Schedule.State.CANCELLED);
        assertThat(world.find(project, cancelled).endedAt()).isNotNull();
        world.pass(SOON.plusSeconds(1));
        DueSchedules owner = world.own();
        assertThat(await(owner.claim()).stream().filter(this::isOurs).map(Schedule::id))
                .containsExactly(claimed);
        assertThat(error(world.store.cancel(TENANT, project, claimed))).isEqualTo(NONE);
        assertThat(error(world.store.cancel(TENANT, project, cancelled))).isEqualTo(NONE);
        await(owner.published(List.of(claimed)));
        assertThat(world.find(project, claimed).state()).isEqualTo(Schedule.State.PUBLISHED);
        assertThat(await(owner.claim())).noneMatch(this::isOurs);
        assertThat(await(world.store.list(TENANT, project, 10, null)).items())
                .extracting(Schedule::id)
                .containsExactly(later);
        await(owner.release());
    }

    @Test
    void aClaimTellsTheStateThatTheOwnerBeforeLeft() {
        String id = world.schedule(event(project, "1", null), world.in(SOON));
        world.pass(SOON.plusSeconds(1));
        DueSchedules dying = world.own();
        assertThat(stateOf(dying, id)).isEqualTo(Schedule.State.WAITING);
        await(dying.release());
        DueSchedules next = world.own();
        assertThat(stateOf(next, id)).as("it may be in the stream").isEqualTo(Schedule.State.PUBLISHING);
        await(next.published(List.of(id)));
        await(next.release());
    }

    @Test
    void whatEndedADayAgoIsForgottenWithItsKey() {
        Instant time = world.in(SOON);
        String id = world.schedule(event(project, "1", "key"), time);
        String waiting = world.schedule(event(project, "2", null), time);
        await(world.store.cancel(TENANT, project, id));
        DueSchedules owner = world.own();
        await(owner.forget());
        assertThat(world.find(project, id).state()).isEqualTo(Schedule.State.CANCELLED);
        world.query(
                "UPDATE scheduled_events SET ended_at = ended_at - interval '25 hours' WHERE id = $1", Tuple.of(id));
        await(owner.forget());
        await(owner.release());
        assertThat(error(world.store.find(TENANT, project, id))).isEqualTo(NONE);
        assertThat(world.find(project, waiting).state()).isEqualTo(Schedule.State.WAITING);
        assertThat(await(world.begin(event(project, "1", "key"), time)).duplicate())
                .isFalse();
    }

    private static Schedule.State stateOf(DueSchedules owner, String id) {
        return await(owner.claim()).stream()
                .filter(schedule -> schedule.id().equals(id))
                .findFirst()
                .orElseThrow()
                .state();
    }

    private boolean isOurs(Schedule schedule) {
        return schedule.command().project().equals(project);
    }
}
