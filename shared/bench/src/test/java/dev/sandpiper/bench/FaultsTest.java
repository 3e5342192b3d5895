package dev.sandpiper.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ServerSocket;
import java.net.URI;
import org.junit.jupiter.api.Test;

/** A server that breaks its promises fails the benchmark, whatever its figures are. */
class FaultsTest {
    @Test
    void aServerThatKeepsItsPromisesPasses() throws Exception {
        Report report = run(Fault.NONE);
        assertThat(report.failed()).isNull();
        assertThat(report.verified()).isEqualTo(new Verified(300, 300, 0, 0, 0));
        assertThat(Small.number(report, "deliveries")).isEqualTo(250);
    }

    @Test
    void aLostMessageFailsTheRun() throws Exception {
        Report report = run(Fault.LOSES_ONE);
        assertThat(report.verified()).isEqualTo(new Verified(300, 299, 1, 0, 0));
        assertThat(report.failed()).contains("1 were lost");
        assertThat(report.json()).contains("\"failed\":\"");
    }

    @Test
    void aRepeatedMessageFailsTheRun() throws Exception {
        Report report = run(Fault.REPEATS_ONE);
        assertThat(report.verified()).isEqualTo(new Verified(300, 300, 0, 1, 0));
        assertThat(report.failed()).contains("1 repeated");
    }

    @Test
    void twoMessagesInTheWrongOrderFailTheRun() throws Exception {
        Report report = run(Fault.SWAPS_TWO);
        assertThat(report.verified()).isEqualTo(new Verified(300, 300, 0, 0, 1));
        assertThat(report.failed()).contains("1 out of order");
    }

    @Test
    void aMessageForSomebodyElseFailsTheRun() throws Exception {
        assertThat(run(Fault.MISDIRECTS_ONE).failed()).contains("has not subscribed to");
    }

    @Test
    void aRefusedEventFailsTheRun() throws Exception {
        assertThat(run(Fault.REFUSES_ONE).failed()).contains("HTTP 503").contains("BUSY");
    }

    @Test
    void aRefusedEventIsAnErrorOfThePublishScenario() throws Exception {
        try (TinyServer server = new TinyServer(new SandpiperDialect(), Fault.REFUSES_ONE)) {
            Report report =
                    Small.run(new PublishScenario(), Small.with(server.url(), "sandpiper-websocket", 2, 1, 200));
            assertThat(report.failed()).contains("HTTP 503");
            assertThat(report.verified().lost()).isEqualTo(1);
            assertThat(Small.number(report, "errors")).isEqualTo(1);
        }
    }

    @Test
    void eventsThatWereDueWhileTheServerStalledCountAsLate() throws Exception {
        Report report = run(Fault.STALLS);
        assertThat(report.failed()).isNull();
        // 300 ms of the 500 that are measured: of those events about a third waited 100 ms or more.
        assertThat(Small.number(report, "max_ms")).isGreaterThan(200);
        assertThat(Small.number(report, "p90_ms")).isGreaterThan(50);
    }

    @Test
    void aServerThatIsNotThereIsAFailedRun() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Report report = Small.run(
                new IdleScenario(), Small.parameters(URI.create("http://127.0.0.1:" + port), "sandpiper-websocket"));
        assertThat(report.failed()).contains("refused");
    }

    private static Report run(Fault fault) throws Exception {
        try (TinyServer server = new TinyServer(new SandpiperDialect(), fault)) {
            return Small.run(new FanoutScenario(), Small.parameters(server.url(), "sandpiper-websocket"));
        }
    }
}
