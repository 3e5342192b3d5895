package dev.sandpiper.killswitch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.TenantId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What a node knows, whatever is lost, repeated or late. */
class SuspendedTenantsProperties {
    private static final TenantId ACME = new TenantId("acme");

    /** Changes of few tenants, one version each; words of them come in any order, some never, some twice, answers in between. */
    @Property(tries = 500)
    void theNewestWordOrAnswerHolds(@ForAll Random random, @ForAll @IntRange(min = 1, max = 30) int changes) {
        List<SuspensionWord> history = new ArrayList<>();
        for (int version = 1; version <= changes; version++) {
            history.add(new SuspensionWord(tenant(random), version, random.nextBoolean()));
        }
        List<SuspensionWord> words = new ArrayList<>(history);
        words.addAll(history.subList(0, random.nextInt(changes)));
        Collections.shuffle(words, random);
        words.subList(0, random.nextInt(words.size() + 1)).clear();

        SuspendedTenants known = SuspendedTenants.UNKNOWN;
        long answered = 0;
        Set<SuspensionWord> heard = new HashSet<>();
        for (SuspensionWord word : words) {
            known = known.hear(word);
            heard.add(word);
            if (random.nextInt(4) == 0) {
                answered += random.nextLong(changes - answered + 1);
                known = known.learn(answered, state(history, answered));
            }
            assertThat(known.suspended()).isEqualTo(expected(history, answered, heard));
        }
        assertThat(known.learn(changes, state(history, changes)).suspended()).isEqualTo(state(history, changes));
    }

    @Example
    void anOlderDatabaseIsBelieved() {
        SuspendedTenants known =
                SuspendedTenants.UNKNOWN.learn(9, Set.of(ACME)).hear(new SuspensionWord(ACME, 10, true));

        assertThat(known.learn(3, Set.of()).suspended()).isEmpty();
    }

    private static TenantId tenant(Random random) {
        return new TenantId("t" + random.nextInt(3));
    }

    /** As PostgreSQL has it at a version. */
    private static Set<TenantId> state(List<SuspensionWord> history, long version) {
        return expected(history.subList(0, (int) version), version, Set.of());
    }

    private static Set<TenantId> expected(List<SuspensionWord> history, long answered, Set<SuspensionWord> heard) {
        Set<TenantId> suspended = new HashSet<>();
        for (SuspensionWord change : history) {
            if (change.version() <= answered || heard.contains(change)) {
                if (change.suspended()) {
                    suspended.add(change.tenant());
                } else {
                    suspended.remove(change.tenant());
                }
            }
        }
        return suspended;
    }
}
