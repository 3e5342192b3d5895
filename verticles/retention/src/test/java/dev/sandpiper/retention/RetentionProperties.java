package dev.sandpiper.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.domain.TopicPattern;
import dev.sandpiper.runtime.events.TopicRule;
import dev.sandpiper.runtime.nats.Subjects;
import io.nats.client.impl.Headers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import org.jspecify.annotations.Nullable;

/**
 * Random tenants, projects, topics, limits and holds on one real stream, which all tries share: whatever a try removes must be
 * of its own tenants.
 */
@Label("Retention")
class RetentionProperties {
    private static final RetentionWorld WORLD = new RetentionWorld(Map.of());
    private static final Map<Subjects.Address, Limits> RULES = new HashMap<>();
    private static int tries;
    private static long expectedInAll;

    private static final JanitorWork WORK = new JanitorWork(
            WORLD.log,
            WORLD.subjects,
            (tenant, project, topic) -> rule(RULES.get(new Subjects.Address(tenant, project, topic))),
            version -> {},
            Clock.systemUTC());

    private static TopicRule rule(@Nullable Limits limits) {
        return limits == null
                ? TopicRule.NONE
                : new TopicRule(
                        "",
                        1,
                        null,
                        null,
                        0,
                        new TopicRule.Retention(limits.maxAge(), limits.maxEvents(), limits.maxBytes()),
                        null,
                        null);
    }

    /** One stored event, as the model knows it. */
    private record Stored(Subjects.Address address, long sequence, long time, long bytes) {}

    @AfterContainer
    static void close() {
        WORLD.close();
    }

    @Property(tries = 120)
    @Label("**Feature: realtime-saas-platform, Property 31: Retention policy enforcement**"
            + " exactly the oldest excess goes, and nothing of anybody else")
    void exactlyTheOldestExcessGoes(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 3) int tenants,
            @ForAll @IntRange(max = 60) int events) {
        Random random = new Random(seed);
        List<Subjects.Address> addresses = addresses(random, tenants, tries++);
        long first = WORLD.log.report().state().lastSequence() + 1;
        Map<Long, Long> sizes = publish(random, addresses, events);
        List<Stored> stored = new ArrayList<>();
        for (EventHead head : WORLD.stored(first)) {
            assertThat(sizes).containsEntry(head.sequence(), (long) head.bytes());
            stored.add(new Stored(WORLD.subjects.parse(head.subject()), head.sequence(), head.time(), head.bytes()));
        }
        assertThat(stored).hasSize(events);
        long now = events == 0 ? 0 : stored.get(random.nextInt(events)).time() + 1_000;
        Policies policies = policies(random, addresses);

        List<Stored> expected = new Model(policies, now).enforce(stored, addresses);

        assertThat(WORK.count()).as("counted to the byte").isTrue();
        Usage removed = WORK.enforce(policies, now);
        expectedInAll += expected.size();
        assertThat(WORLD.stored(first).stream().map(EventHead::sequence))
                .containsExactlyElementsOf(
                        expected.stream().map(Stored::sequence).toList());
        assertThat(removed.events()).isEqualTo(stored.size() - expected.size());
        assertThat(WORLD.log.report().events()).as("those of earlier tries").isEqualTo(expectedInAll);
        assertThat(WORK.count()).as("still counted to the byte").isTrue();
        marksTell(addresses, stored, expected);
    }

    private static List<Subjects.Address> addresses(Random random, int tenants, int number) {
        List<Subjects.Address> addresses = new ArrayList<>();
        for (int t = 0; t < tenants; t++) {
            for (int p = 0; p <= random.nextInt(2); p++) {
                for (int c = 0; c <= random.nextInt(3); c++) {
                    addresses.add(new Subjects.Address(
                            // One tenant's id begins like another's.
                            new TenantId("t" + number + "x".repeat(t)),
                            new ProjectId("p" + "q".repeat(p)),
                            new Topic(c == 0 ? "a" : "a.%.ü".repeat(c))));
                }
            }
        }
        return addresses;
    }

    /** @return what each takes in the store, by its sequence */
    private static Map<Long, Long> publish(Random random, List<Subjects.Address> addresses, int events) {
        Map<Long, Long> sizes = new HashMap<>();
        for (int i = 0; i < events; i++) {
            Subjects.Address address = addresses.get(random.nextInt(addresses.size()));
            String subject = WORLD.subjects.stored(address.tenant(), address.project(), address.topic());
            int payload = random.nextInt(4) == 0 ? 0 : random.nextInt(300);
            var headers = new Headers();
            long ofHeaders = 0;
            if (random.nextInt(5) > 0) {
                headers.add("Sp-Id", "x".repeat(random.nextInt(20)));
                ofHeaders = 4L + headers.serializedLength();
            }
            long sequence = WORLD.publish(subject, payload, headers);
            sizes.put(sequence, ofHeaders + subject.length() + payload + 30);
        }
        return sizes;
    }

    private static Policies policies(Random random, List<Subjects.Address> addresses) {
        Map<TenantId, Limits> tenants = new HashMap<>();
        Map<Policies.Project, Limits> projects = new HashMap<>();
        List<Hold> holds = new ArrayList<>();
        RULES.clear();
        for (Subjects.Address address : addresses) {
            if (random.nextInt(3) == 0) {
                tenants.put(address.tenant(), limits(random));
            }
            if (random.nextInt(3) == 0) {
                projects.put(new Policies.Project(address.tenant(), address.project()), limits(random));
            }
            if (random.nextInt(3) == 0) {
                RULES.put(address, limits(random));
            }
            if (random.nextInt(8) == 0) {
                String pattern = random.nextBoolean() ? "a" : "a.*";
                ProjectId project = random.nextBoolean() ? address.project() : null;
                holds.add(
                        new Hold("h", address.tenant(), project, new TopicPattern(pattern), "a reason", Instant.EPOCH));
            }
        }
        return new Policies(1, tenants, projects, holds);
    }

    private static Limits limits(Random random) {
        return new Limits(
                random.nextInt(3) == 0 ? Duration.ofSeconds(1) : null,
                random.nextInt(2) == 0 ? 1 + random.nextInt(15) : 0,
                random.nextInt(3) == 0 ? 1 + random.nextInt(4_000) : 0);
    }

    private static void marksTell(List<Subjects.Address> addresses, List<Stored> before, List<Stored> after) {
        for (Subjects.Address address : addresses) {
            long gone = before.stream()
                    .filter(event -> event.address().equals(address) && !after.contains(event))
                    .mapToLong(Stored::sequence)
                    .max()
                    .orElse(0);
            assertThat(WORLD.log.markOf(address)).isEqualTo(gone);
        }
    }

    /** What should be left, said once more and as simply as possible. */
    private record Model(Policies policies, long now) {
        List<Stored> enforce(List<Stored> stored, List<Subjects.Address> addresses) {
            TreeMap<Long, Stored> left = new TreeMap<>();
            stored.forEach(event -> left.put(event.sequence(), event));
            for (Subjects.Address address : addresses) {
                apply(left, RULES.get(address), event -> event.address().equals(address));
            }
            policies.projects()
                    .forEach((project, limits) -> apply(
                            left,
                            limits,
                            event -> event.address().tenant().equals(project.tenant())
                                    && event.address().project().equals(project.id())));
            policies.tenants()
                    .forEach((tenant, limits) -> apply(
                            left, limits, event -> event.address().tenant().equals(tenant)));
            return List.copyOf(left.values());
        }

        private void apply(TreeMap<Long, Stored> left, @Nullable Limits limits, Predicate<Stored> scope) {
            if (limits == null) {
                return;
            }
            Duration age = limits.maxAge();
            while (true) {
                List<Stored> inScope = left.values().stream().filter(scope).toList();
                long bytes = inScope.stream().mapToLong(Stored::bytes).sum();
                Stored oldest = inScope.stream()
                        .filter(event -> !policies.isHeld(event.address()))
                        .findFirst()
                        .orElse(null);
                boolean excess = (limits.maxEvents() > 0 && inScope.size() > limits.maxEvents())
                        || (limits.maxBytes() > 0 && bytes > limits.maxBytes())
                        || (age != null && oldest != null && oldest.time() < now - age.toMillis());
                if (!excess || oldest == null) {
                    return;
                }
                left.remove(oldest.sequence());
            }
        }
    }
}
