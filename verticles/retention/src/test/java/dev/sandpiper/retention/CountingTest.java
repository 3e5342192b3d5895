package dev.sandpiper.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.events.TopicRules;
import dev.sandpiper.runtime.nats.StreamReport;
import dev.sandpiper.testkit.Eventually;
import io.nats.client.PurgeOptions;
import io.nats.client.impl.Headers;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The count is that of the server, whatever happens to the stream beside us. */
class CountingTest {
    private static JanitorWork work(RetentionWorld world) {
        return new JanitorWork(world.log, world.subjects, TopicRules.NONE, version -> {}, Clock.systemUTC());
    }

    private static void assertExact(JanitorWork work, RetentionWorld world) {
        assertThat(work.count()).isTrue();
        StreamReport report = world.log.report();
        assertThat(work.total()).isEqualTo(new Usage(report.events(), report.bytes()));
    }

    private static long events(JanitorWork work, String tenant, String project) {
        return work.usage()
                .getOrDefault(new Policies.Project(new TenantId(tenant), new ProjectId(project)), Usage.NOTHING)
                .events();
    }

    @Test
    void whatOthersPurgeFromTheFrontIsNoticed() {
        try (var world = new RetentionWorld(Map.of())) {
            JanitorWork work = work(world);
            String a = world.subject("acme", "web", "a");
            String b = world.subject("acme", "web", "b");
            for (int i = 0; i < 1_000; i++) {
                world.publish(i % 3 == 0 ? b : a);
            }
            assertExact(work, world);
            world.purge(PurgeOptions.builder().subject(a).keep(10).build());
            assertExact(work, world);
            assertThat(events(work, "acme", "web")).isEqualTo(10 + 334);
            world.purge(PurgeOptions.builder().sequence(700).build());
            assertExact(work, world);
            world.purge(PurgeOptions.builder().build());
            assertExact(work, world);
            assertThat(events(work, "acme", "web")).isZero();
        }
    }

    @Test
    void whatOthersDeleteInTheMiddleIsNoticed() {
        try (var world = new RetentionWorld(Map.of())) {
            JanitorWork work = work(world);
            String a = world.subject("acme", "web", "a");
            long first = world.publish(a);
            for (int i = 0; i < 600; i++) {
                world.publish(a);
            }
            assertExact(work, world);
            world.delete(first + 300);
            world.delete(first + 301);
            assertExact(work, world);
            assertThat(events(work, "acme", "web")).isEqualTo(599);
        }
    }

    @Test
    void whatTheStreamLetsGoByAgeIsNoticed() {
        try (var world =
                new RetentionWorld(Map.of("SANDPIPER_NATS_MAX_AGE", "1s", "SANDPIPER_NATS_DEDUPE_WINDOW", "1s"))) {
            JanitorWork work = work(world);
            String a = world.subject("acme", "web", "a");
            for (int i = 0; i < 300; i++) {
                world.publish(a);
            }
            assertThat(work.count()).isTrue();
            Eventually.await(
                    "the events are gone",
                    Duration.ofSeconds(20),
                    () -> world.log.report().events() == 0);
            assertExact(work, world);
            world.publish(a);
            assertThat(work.count()).isTrue();
        }
    }

    @Test
    void whatStrangersWriteTakesRoomAndIsNobodys() {
        try (var world = new RetentionWorld(Map.of())) {
            JanitorWork work = work(world);
            String ours = world.subject("acme", "web", "a");
            String strange = ours.replaceFirst("acme\\.web\\.a$", "UPPER.web.%zz");
            world.publish(ours);
            world.publish(strange, 100, new Headers());
            assertExact(work, world);
            assertThat(work.usage()).hasSize(1);
            assertThat(work.total().events()).isEqualTo(2);
        }
    }

    @Test
    void anEventBelowItsMarkIsFoundAndRemoved() {
        try (var world = new RetentionWorld(Map.of())) {
            JanitorWork work = work(world);
            String a = world.subject("acme", "web", "a");
            world.publish(world.subject("acme", "web", "first"));
            long through = world.publish(a);
            world.publish(a);
            assertExact(work, world);
            assertThat(work.check(Policies.NONE).findings()).isEmpty();
            // A janitor that died between the mark and the purge.
            world.log.mark(world.subjects.parse(a), through);
            CheckReport report = work.check(Policies.NONE);
            assertThat(report.findings()).hasSize(1);
            assertThat(report.repaired()).isEqualTo(1);
            assertThat(world.log.report().events()).isEqualTo(2);
            assertThat(work.check(Policies.NONE).findings()).isEmpty();
        }
    }

    @Test
    void aMarkThatTheStreamItselfMakesPointlessIsForgotten() {
        try (var world = new RetentionWorld(Map.of())) {
            JanitorWork work = work(world);
            String a = world.subject("acme", "web", "a");
            world.log.mark(world.subjects.parse(a), world.publish(a));
            world.publish(a);
            world.publish(a);
            world.purge(PurgeOptions.builder().sequence(3).build());
            assertThat(work.check(Policies.NONE).findings()).isEmpty();
            assertThat(world.log.marks()).isEmpty();
        }
    }
}
