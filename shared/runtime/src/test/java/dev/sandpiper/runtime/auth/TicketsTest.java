package dev.sandpiper.runtime.auth;

import static dev.sandpiper.runtime.auth.AuthWorld.ACME;
import static dev.sandpiper.runtime.auth.AuthWorld.assertFails;
import static dev.sandpiper.runtime.auth.AuthWorld.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.testkit.PostgresFixture;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway.Init")
class TicketsTest {
    private final AuthWorld world =
            new AuthWorld(PostgresFixture.shared().createDatabase().url(), Map.of());
    private CachingAuthenticator here;
    private CachingAuthenticator there;

    @BeforeEach
    void startTwoNodes() {
        here = world.node(world.home());
        there = world.node(world.vertx());
    }

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void aTicketStandsInForItsKeyOnceOnAnyNode() {
        Principal buyer = principal(world.issue());
        String ticket = await(here.issueTicket(buyer));

        assertThat(await(there.redeem(ticket))).isEqualTo(buyer);
        assertFails(there.redeem(ticket), "INVALID_TICKET");
        assertFails(here.redeem(ticket), "INVALID_TICKET");
    }

    @Test
    void ofManyWhoRedeemATicketAtOnceExactlyOneWins() {
        Principal buyer = principal(world.issue());
        for (int round = 0; round < 20; round++) {
            String ticket = await(here.issueTicket(buyer));
            List<Future<String>> attempts = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                attempts.add(outcome((i % 2 == 0 ? here : there).redeem(ticket)));
            }

            assertThat(attempts.stream().map(AuthWorld::await))
                    .hasSize(8)
                    .areExactly(1, won())
                    .areExactly(7, lost());
        }
    }

    @Test
    void aTicketIsGoodForThirtySeconds() {
        Principal buyer = principal(world.issue());
        String inTime = await(here.issueTicket(buyer));
        String late = await(here.issueTicket(buyer));

        world.clock.advance(Duration.ofMillis(29_999));
        assertThat(await(there.redeem(inTime))).isEqualTo(buyer);
        world.clock.advance(Duration.ofMillis(1));
        assertFails(there.redeem(late), "INVALID_TICKET");
    }

    @Test
    void aTicketDiesWithTheKeyThatBoughtIt() {
        Instant expiry = world.clock.instant().plusSeconds(5);
        IssuedKey revoked = world.issue();
        String first = await(here.issueTicket(principal(revoked)));
        String second = await(here.issueTicket(principal(world.issue(expiry))));

        await(world.keys.revoke(ACME, revoked.info().id()));
        world.clock.advance(Duration.ofSeconds(5));

        assertFails(here.redeem(first), "INVALID_TICKET");
        assertFails(here.redeem(second), "INVALID_TICKET");
    }

    @Test
    void whatIsNoTicketIsRefusedWithoutAQuery() {
        String ticket = await(here.issueTicket(principal(world.issue())));
        long before = world.queries(there);

        assertFails(there.redeem(""), "INVALID_TICKET");
        assertFails(there.redeem(ticket + "x"), "INVALID_TICKET");
        assertFails(there.redeem(ticket.replace('_', '-')), "INVALID_TICKET");
        assertThat(world.queries(there)).isEqualTo(before);
        assertFails(there.redeem(swapFirst(ticket)), "INVALID_TICKET");
    }

    @Test
    void onlyAHashOfATicketIsStored() {
        String ticket = await(here.issueTicket(principal(world.issue())));

        String row = await(world.database.platform().query("SELECT encode(hash, 'escape') || t::text FROM tickets t"))
                .iterator()
                .next()
                .getString(0);

        assertThat(row).doesNotContain(ticket).doesNotContain(ticket.substring(4));
    }

    @Test
    void ticketsThatNobodyRedeemedAreRemoved() {
        var tickets = new Tickets(world.database, Duration.ofSeconds(30), world.clock);
        Principal buyer = principal(world.issue());
        await(tickets.issue(buyer));
        world.clock.advance(Duration.ofSeconds(20));
        String young = await(tickets.issue(buyer));
        world.clock.advance(Duration.ofSeconds(15));

        assertThat(await(tickets.purge())).isEqualTo(1);

        assertThat(await(tickets.redeem(young, Caller.UNKNOWN))).isEqualTo(buyer);
    }

    private static Condition<String> won() {
        return new Condition<>("redeemed"::equals, "won");
    }

    private static Condition<String> lost() {
        return new Condition<>("INVALID_TICKET"::equals, "lost");
    }

    private static Future<String> outcome(Future<Principal> redeemed) {
        return redeemed.map("redeemed")
                .otherwise(failure -> ((PlatformException) failure).error().code());
    }

    private static String swapFirst(String ticket) {
        char other = ticket.charAt(4) == 'A' ? 'B' : 'A';
        return ticket.substring(0, 4) + other + ticket.substring(5);
    }

    private static Principal principal(IssuedKey key) {
        return new Principal(
                key.info().tenant(),
                key.info().project(),
                key.info().id(),
                key.info().scopes());
    }
}
