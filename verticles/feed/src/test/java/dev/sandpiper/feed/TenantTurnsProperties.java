package dev.sandpiper.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.TenantId;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class TenantTurnsProperties {
    @Property(tries = 300)
    void everyPageComesOnceAndThoseOfATenantInTheirOrder(
            @ForAll @Size(max = 60) List<@IntRange(min = 0, max = 4) Integer> tenants) {
        var turns = new TenantTurns();
        List<PageRead> added = new ArrayList<>();
        for (int i = 0; i < tenants.size(); i++) {
            PageRead read = read(tenants.get(i), i);
            added.add(read);
            turns.add(read);
        }
        assertThat(turns.size()).isEqualTo(added.size());
        List<PageRead> polled = drain(turns);
        assertThat(polled).containsExactlyInAnyOrderElementsOf(added);
        assertThat(turns.isEmpty()).isTrue();
        for (int tenant = 0; tenant <= 4; tenant++) {
            TenantId id = id(tenant);
            assertThat(polled.stream().filter(read -> read.source.tenant().equals(id)))
                    .containsExactlyElementsOf(added.stream()
                            .filter(read -> read.source.tenant().equals(id))
                            .toList());
        }
    }

    @Property(tries = 300)
    void aTenantWaitsForOnePageOfEachOther(
            @ForAll @IntRange(min = 1, max = 500) int flood,
            @ForAll @IntRange(min = 0, max = 5) int others,
            @ForAll @IntRange(min = 0, max = 20) int turnsTaken) {
        var turns = new TenantTurns();
        for (int i = 0; i < flood; i++) {
            turns.add(read(0, i));
        }
        for (int other = 1; other <= others; other++) {
            turns.add(read(other, 0));
            turns.add(read(other, 1));
        }
        for (int i = 0; i < turnsTaken; i++) {
            turns.poll();
        }
        PageRead late = read(9, 0);
        turns.add(late);
        int before = 0;
        for (PageRead next = turns.poll(); next != late; next = turns.poll()) {
            assertThat(next).isNotNull();
            before++;
        }
        assertThat(before).isLessThanOrEqualTo(1 + others);
    }

    @Property(tries = 100)
    void aPageThatIsReadAgainComesFirst(@ForAll @IntRange(min = 0, max = 20) int waiting) {
        var turns = new TenantTurns();
        for (int i = 0; i < waiting; i++) {
            turns.add(read(i % 3, i));
        }
        PageRead again = read(7, 0);
        turns.addAgain(again);
        assertThat(turns.poll()).isSameAs(again);
        assertThat(turns.size()).isEqualTo(waiting);
    }

    private static List<PageRead> drain(TenantTurns turns) {
        List<PageRead> all = new ArrayList<>();
        turns.drain(all::add);
        return all;
    }

    private static PageRead read(int tenant, long after) {
        return new PageRead(new Source("events.x", id(tenant), null), 1, after, 1, StoreReader.Purpose.REPLAY);
    }

    private static TenantId id(int tenant) {
        return new TenantId("t" + tenant);
    }
}
