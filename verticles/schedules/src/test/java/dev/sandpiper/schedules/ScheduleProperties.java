package dev.sandpiper.schedules;

import static dev.sandpiper.schedules.ScheduleWorld.TENANT;
import static dev.sandpiper.schedules.ScheduleWorld.await;
import static dev.sandpiper.schedules.ScheduleWorld.event;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.schedules.MemoryPublisher.Outcome;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;

/**
 * Whatever goes wrong between the time of an event and the note that it was published, and whoever takes over then: it is published
 * once, not before its time, and not at all once its cancellation was confirmed.
 */
@Label("Scheduled events")
class ScheduleProperties {
    private static final ScheduleWorld WORLD = new ScheduleWorld();
    private static final int EVENTS = 3;

    /** What happens next; {@code event} is one of {@link #EVENTS}. */
    sealed interface Step {
        /** An event for in so many seconds; nothing when there is such an event. */
        record Plan(int event, int seconds) implements Step {}

        record Cancel(int event) implements Step {}

        record Pass(int seconds) implements Step {}

        /** The owner publishes what is due, with this result; another node becomes the owner when it dies of it. */
        record Deliver(Outcome outcome) implements Step {}
    }

    @AfterContainer
    static void close() {
        WORLD.close();
    }

    @Provide
    Arbitrary<List<Step>> stories() {
        Arbitrary<Integer> events = Arbitraries.integers().between(0, EVENTS - 1);
        Arbitrary<Step> plan = Combinators.combine(
                        events, Arbitraries.integers().between(1, 30))
                .as(Step.Plan::new);
        Arbitrary<Step> cancel = events.map(Step.Cancel::new);
        Arbitrary<Step> pass = Arbitraries.integers().between(30, 120).map(Step.Pass::new);
        // What leaves an event undecided comes most often: after that it is decided who is believed.
        Arbitrary<Step> deliver = Arbitraries.frequency(
                        Tuple.of(1, Outcome.STORED),
                        Tuple.of(3, Outcome.STORED_BUT_UNANSWERED),
                        Tuple.of(1, Outcome.LOST_AND_UNANSWERED),
                        Tuple.of(4, Outcome.NOT_REACHED),
                        Tuple.of(1, Outcome.REFUSED),
                        Tuple.of(1, Outcome.BROKEN),
                        Tuple.of(1, Outcome.DEATH_BEFORE),
                        Tuple.of(3, Outcome.DEATH_AFTER))
                .map(Step.Deliver::new);
        return Arbitraries.frequencyOf(Tuple.of(1, plan), Tuple.of(2, cancel), Tuple.of(2, pass), Tuple.of(4, deliver))
                .list()
                .ofMinSize(10)
                .ofMaxSize(50);
    }

    @Property(tries = 200)
    void anEventIsPublishedOnceAndNotAtAllWhenItWasCancelled(@ForAll("stories") List<Step> story) {
        try (var actors = new Actors()) {
            story.forEach(actors::play);
            actors.finish();
            actors.judge();
        }
    }

    /** A project, whoever is the owner, and what must be true of them. */
    private static final class Actors implements AutoCloseable {
        private final ProjectId project = WORLD.createProject();
        private final MemoryPublisher publisher = new MemoryPublisher();
        private final Deliveries deliveries =
                new Deliveries(publisher, new ScheduleMetrics(new SimpleMeterRegistry(), () -> true));
        private final Map<Integer, String> planned = new HashMap<>();
        private final Set<Integer> cancelled = new HashSet<>();
        private final Set<Integer> due = new HashSet<>();
        private DueSchedules owner = WORLD.own();

        void play(Step step) {
            switch (step) {
                case Step.Plan plan -> {
                    if (!planned.containsKey(plan.event())) {
                        PublishCommand command = event(project, Integer.toString(plan.event()), "k" + plan.event());
                        planned.put(
                                plan.event(), WORLD.schedule(command, WORLD.in(Duration.ofSeconds(plan.seconds()))));
                    }
                }
                case Step.Cancel cancel -> cancel(cancel.event());
                case Step.Pass pass -> WORLD.pass(Duration.ofSeconds(pass.seconds()));
                case Step.Deliver deliver -> deliver(deliver.outcome());
            }
        }

        private void cancel(int event) {
            String id = planned.get(event);
            if (id == null) {
                return;
            }
            // An event that was refused is not waiting for anything: cancelling it tidies up.
            boolean refused = WORLD.find(project, id).state() == Schedule.State.FAILED;
            try {
                await(WORLD.store.cancel(TENANT, project, id));
                if (!refused) {
                    cancelled.add(event);
                }
            } catch (PlatformException e) {
                assertThat(e.error().code()).isEqualTo("RESOURCE_NOT_FOUND");
            }
        }

        private void deliver(Outcome outcome) {
            publisher.next = outcome;
            planned.forEach((event, id) -> {
                if (!WORLD.find(project, id).deliverAt().isAfter(WORLD.in(Duration.ZERO))) {
                    due.add(event);
                }
            });
            try {
                deliveries.deliver(owner);
            } catch (MemoryPublisher.Death e) {
                await(owner.release());
                owner = WORLD.own();
            }
            assertThat(stored()).as("nothing is published before its time").allMatch(due::contains);
        }

        /** All is well again, for as long as it takes. */
        void finish() {
            for (int i = 0; i < 5; i++) {
                WORLD.pass(Duration.ofMinutes(5));
                deliver(Outcome.STORED);
            }
        }

        void judge() {
            assertThat(stored()).as("once each").doesNotHaveDuplicates();
            assertThat(stored()).as("nothing that was cancelled").noneMatch(cancelled::contains);
            planned.forEach((event, id) -> {
                Schedule.State state = WORLD.find(project, id).state();
                if (cancelled.contains(event)) {
                    assertThat(state).isEqualTo(Schedule.State.CANCELLED);
                } else {
                    assertThat(state).isIn(Schedule.State.PUBLISHED, Schedule.State.FAILED, Schedule.State.CANCELLED);
                    assertThat(stored().contains(event) || state != Schedule.State.PUBLISHED)
                            .as("what is noted as published is stored")
                            .isTrue();
                    assertThat(state == Schedule.State.PUBLISHED || publisher.refused)
                            .as("only what was refused is not published in the end: " + state)
                            .isTrue();
                }
            });
        }

        private List<Integer> stored() {
            return publisher.stored.stream()
                    .map(command -> Integer.valueOf(new String(command.data(), StandardCharsets.UTF_8)))
                    .toList();
        }

        @Override
        public void close() {
            await(owner.release());
        }
    }
}
