package dev.sandpiper.publisher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.TenantId;
import org.junit.jupiter.api.Test;

class TenantSharesTest {
    private static final TenantId ONE = new TenantId("one");
    private static final TenantId TWO = new TenantId("two");

    @Test
    void oneTenantGetsHalfAndLeavesRoomForAnother() {
        var shares = new TenantShares(10);
        for (int i = 0; i < 5; i++) {
            assertThat(shares.enter(ONE)).isTrue();
        }
        assertThat(shares.enter(ONE)).isFalse();
        assertThat(shares.enter(TWO)).isTrue();
        assertThat(shares.enter(TWO)).isTrue();
    }

    @Test
    void whatLeavesMakesRoom() {
        var shares = new TenantShares(2);
        assertThat(shares.enter(ONE)).isTrue();
        assertThat(shares.enter(ONE)).isFalse();
        shares.leave(ONE);
        assertThat(shares.enter(TWO)).isTrue();
        shares.leave(TWO);
        assertThat(shares.enter(ONE)).isTrue();
    }
}
