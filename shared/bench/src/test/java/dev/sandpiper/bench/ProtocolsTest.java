package dev.sandpiper.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Protocols of which no real server stands here, against small ones that follow their documentation. */
class ProtocolsTest {
    @Test
    void centrifugoConnectsSubscribesAnswersPingsAndReceivesPushes() throws Exception {
        CentrifugoDialect dialect = new CentrifugoDialect();
        try (TinyServer server = new TinyServer(dialect, Fault.NONE)) {
            Report report = Small.run(new FanoutScenario(), Small.parameters(server.url(), "centrifugo"));
            assertThat(report.failed()).isNull();
            assertThat(report.verified()).isEqualTo(new Verified(300, 300, 0, 0, 0));
            assertThat(dialect.pongs()).isEqualTo(10);
            assertThat(server.lastHeaders()).containsIgnoringCase("X-API-Key: secret-key");
        }
    }

    @Test
    void centrifugoTakesBatchesAndRecoversWhatWasMissed() throws Exception {
        try (TinyServer server = new TinyServer(new CentrifugoDialect(), Fault.NONE)) {
            Report batches = Small.run(new PublishScenario(), Small.with(server.url(), "centrifugo", 2, 10, 500));
            assertThat(batches.failed()).isNull();
            assertThat(batches.verified().received()).isEqualTo(320);
            Report resumed = Small.run(new ResumeScenario(), Small.parameters(server.url(), "centrifugo"));
            assertThat(resumed.failed()).isNull();
            assertThat(resumed.verified()).isEqualTo(new Verified(200, 200, 0, 0, 0));
        }
    }

    @Test
    void aPlainStreamOfServerSentEventsIsEnough() throws Exception {
        try (TinyServer server = new TinyServer(new PlainSseDialect(), Fault.NONE)) {
            for (Scenario scenario :
                    List.of(new FanoutScenario(), new IdleScenario(), new ConnectScenario(), new LatencyScenario())) {
                Report report = Small.run(scenario, Small.parameters(server.url(), "sse"));
                assertThat(report.failed()).as(scenario.name()).isNull();
                assertThat(report.verified().received()).as(scenario.name()).isGreaterThanOrEqualTo(10);
            }
            assertThat(Small.run(new ResumeScenario(), Small.parameters(server.url(), "sse"))
                            .failed())
                    .contains("where to resume");
        }
    }

    @Test
    void whereNothingCanBePublishedConnectionsCanStillBeMeasured() throws Exception {
        try (TinyServer server = new TinyServer(new PlainSseDialect(), Fault.NONE)) {
            Parameters parameters = Small.withoutPublishing(server.url());
            assertThat(Small.run(new ConnectScenario(), parameters).failed()).isNull();
            assertThat(Small.run(new FanoutScenario(), parameters).failed()).contains("--publish-path");
        }
    }

    @Test
    void theReportHoldsNoKey() throws Exception {
        try (TinyServer server = new TinyServer(new SandpiperDialect(), Fault.NONE)) {
            Parameters parameters = Small.parameters(server.url(), "sandpiper-websocket");
            Report report = Small.run(new ConnectScenario(), parameters);
            assertThat(report.json()).doesNotContain("secret-key");
            assertThat(report.table()).doesNotContain("secret-key");
            assertThat(parameters.toString()).doesNotContain("secret-key");
        }
    }
}
