package dev.sandpiper.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

/** Whatever the owner of the database does to entries that a checkpoint vouches for is found, and where it begins is told. */
class TamperingProperties {
    private static @Nullable TrailWorld shared;

    @BeforeContainer
    static void open() {
        shared = new TrailWorld();
    }

    @AfterContainer
    static void close() {
        world().close();
    }

    private static TrailWorld world() {
        TrailWorld world = shared;
        if (world == null) {
            throw new IllegalStateException("not open");
        }
        return world;
    }

    /**
     * A chain and what is done to it.
     *
     * @param before entries until the first checkpoint
     * @param after entries between that and the second one
     * @param at which entry, as a share of those that are neither the first nor the newest
     */
    record Plan(Tampering tampering, int before, int after, int at) {
        long entries() {
            return (long) before + after;
        }

        long seq() {
            return 2 + at % (entries() - 2);
        }

        /** The first entry that the first checkpoint that disagrees vouches for, and the one before does not. */
        long earliest() {
            return tampering.betweenCheckpoints ? (seq() <= before ? 1 : before + 1) : tampering.firstBad(seq());
        }

        /** Relinked behind the first checkpoint, a chain that lost one of its middle looks like one that lost its end. */
        long latest() {
            return tampering == Tampering.DELETE_AND_RELINK && seq() > before ? entries() : tampering.firstBad(seq());
        }
    }

    @Provide
    Arbitrary<Plan> plans() {
        return Combinators.combine(
                        Arbitraries.of(Tampering.class),
                        Arbitraries.integers().between(2, 6),
                        Arbitraries.integers().between(2, 6),
                        Arbitraries.integers().between(0, 1_000))
                .as(Plan::new);
    }

    @Property(tries = 150, shrinking = ShrinkingMode.OFF)
    void every_change_to_vouched_entries_is_found_and_its_beginning_named(@ForAll("plans") Plan plan)
            throws IOException {
        String chain = chain(plan);
        plan.tampering().tamper(world(), chain, plan.seq());

        Verdict verdict = world().verify(chain);
        assertThat(verdict.valid()).as("%s", verdict).isFalse();
        assertThat(verdict.findings().getFirst().seq())
                .as("%s %s", plan, verdict)
                .isBetween(Math.min(plan.earliest(), plan.tampering().firstBad(plan.seq())), plan.latest());
        assertThat(world().notary.checkpoint(chain)).as("vouches for it").isFalse();

        if (plan.tampering() != Tampering.EDIT_COLUMN) {
            Verdict offline = offline(export(chain));
            assertThat(offline.valid()).as("offline %s", offline).isFalse();
            assertThat(offline.findings().getFirst().seq())
                    .isEqualTo(verdict.findings().getFirst().seq());
        }
    }

    @Example
    void a_chain_that_nobody_touched_is_what_was_written() throws IOException {
        String chain = chain(new Plan(Tampering.DELETE, 4, 3, 0));
        world().append(chain, 2);

        Verdict verdict = world().verify(chain);
        assertThat(verdict.findings()).isEmpty();
        assertThat(verdict.entries()).isEqualTo(9);
        assertThat(verdict.vouched()).isEqualTo(7);
        assertThat(offline(export(chain)).findings()).isEmpty();
    }

    private static String chain(Plan plan) {
        String chain = world().chain();
        world().append(chain, plan.before());
        assertThat(world().notary.checkpoint(chain)).isTrue();
        world().append(chain, plan.after());
        assertThat(world().notary.checkpoint(chain)).isTrue();
        return chain;
    }

    static String export(String chain) {
        return Exports.of(world(), chain);
    }

    private static Verdict offline(String export) throws IOException {
        return new ExportVerifier(List.of(TrailWorld.KEY.verifying()))
                .verify(new BufferedReader(new StringReader(export)));
    }
}
