package dev.sandpiper.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.KeyId;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.Principal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;

class ConnectionTableProperties {
    @Property(tries = 200)
    void holdsWhoCameAndDidNotLeave(@ForAll @Size(max = 200) List<Integer> moves) {
        var table = new ConnectionTable();
        List<Entry> present = new ArrayList<>();
        for (int move : moves) {
            if (move >= 0 || present.isEmpty()) {
                var entry = new Entry();
                table.add(entry);
                present.add(entry);
            } else {
                table.remove(present.remove(Math.floorMod(move, present.size())));
            }
        }
        Set<ClientConnection> visited = new LinkedHashSet<>();
        table.forEach(visited::add);
        assertThat(visited).containsExactlyInAnyOrderElementsOf(present);
        assertThat(table.size()).isEqualTo(present.size());
    }

    @Property(tries = 100)
    void whoeverLeavesDuringAVisitIsNotVisitedAgainAndNobodyIsMissed(
            @ForAll @Size(min = 1, max = 60) List<Boolean> leaves) {
        var table = new ConnectionTable();
        List<Entry> all = new ArrayList<>();
        for (boolean leave : leaves) {
            var entry = new Entry();
            entry.leaves = leave;
            table.add(entry);
            all.add(entry);
        }
        List<ClientConnection> visited = new ArrayList<>();
        table.forEach(connection -> {
            visited.add(connection);
            if (((Entry) connection).leaves) {
                table.remove(connection);
            }
        });
        assertThat(visited).containsExactlyInAnyOrderElementsOf(all);
        assertThat(table.size()).isEqualTo((int) leaves.stream().filter(l -> !l).count());
    }

    private static final class Entry implements ClientConnection {
        private int slot = -1;
        private boolean leaves;

        @Override
        public int slot() {
            return slot;
        }

        @Override
        public void slot(int newSlot) {
            slot = newSlot;
        }

        @Override
        public Transport transport() {
            return Transport.POLL;
        }

        @Override
        public long number() {
            return 0;
        }

        @Override
        public @Nullable Principal principal() {
            return null;
        }

        @Override
        public boolean uses(KeyId key) {
            return false;
        }

        @Override
        public long pendingBytes() {
            return 0;
        }

        @Override
        public int subscriptions() {
            return 0;
        }

        @Override
        public void sweep(int now) {
            throw new AssertionError("nobody sweeps here");
        }

        @Override
        public void end(PlatformError error) {
            throw new AssertionError(error.message());
        }

        @Override
        public void cut() {
            throw new AssertionError("nobody cuts here");
        }
    }
}
