package dev.sandpiper.embed;

import static dev.sandpiper.embed.TestNode.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.runtime.bus.Bus;
import dev.sandpiper.runtime.bus.BusAddresses;
import dev.sandpiper.runtime.bus.BusReader;
import dev.sandpiper.runtime.bus.BusWriter;
import dev.sandpiper.runtime.bus.VersionedCodec;
import dev.sandpiper.runtime.cluster.ClusterConfig;
import dev.sandpiper.runtime.cluster.ClusteredVertx;
import dev.sandpiper.runtime.config.Settings;
import dev.sandpiper.runtime.events.Publisher;
import dev.sandpiper.runtime.events.StartPosition;
import dev.sandpiper.runtime.management.Health;
import dev.sandpiper.runtime.management.NodeMetrics;
import dev.sandpiper.services.FreePorts;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.ReplyException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.slf4j.LoggerFactory;

/** Three nodes, of which the last has no publisher. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClusterTest {
    private static final StartPosition LIVE = new StartPosition.Live();

    @SuppressWarnings("NullAway.Init")
    private TestCluster cluster;

    @BeforeAll
    void start() {
        cluster = TestCluster.start(Map.of(), List.of(Map.of(), Map.of(), Map.of("ROLES", "http,sockets,feed")));
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    @Test
    void everyNodeIsReadyAndSeesTheOthers() {
        for (int i = 0; i < 3; i++) {
            Health.Report report = await(cluster.node(i).sandpiper().health().report());
            assertThat(report.results().values()).allMatch(Optional::isEmpty);
            assertThat(report.ready()).isTrue();
        }
    }

    @Test
    void whatIsPublishedOnOneNodeIsReceivedOnTheOthers() {
        TestProject project = cluster.createProject();
        List<Received> received = IntStream.range(0, 3)
                .mapToObj(i -> Received.on(cluster.node(i).sandpiper(), project, "news", LIVE))
                .toList();

        publish(cluster.node(0).sandpiper().publisher(), project, "news", "\"one\"");
        publish(cluster.node(1).sandpiper().publisher(), project, "news", "\"two\"");

        for (Received node : received) {
            assertThat(node.data(2)).containsExactly("\"one\"", "\"two\"");
        }
    }

    @Test
    void aNodeWithoutAPublisherPublishesOverTheBus() {
        TestProject project = cluster.createProject();
        Received received = Received.on(cluster.node(1).sandpiper(), project, "bus", LIVE);

        PublishReceipt receipt = publish(cluster.node(2).sandpiper().publisher(), project, "bus", "\"by bus\"");

        assertThat(receipt.cursor()).isNotNull();
        assertThat(received.data(1)).containsExactly("\"by bus\"");
    }

    @Test
    void aCursorOfOneNodeResumesOnAnother() {
        TestProject project = cluster.createProject();
        List<PublishReceipt> receipts = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            receipts.add(publish(cluster.node(i % 2).sandpiper().publisher(), project, "resume", "\"" + i + "\""));
        }
        var cursor = Objects.requireNonNull(receipts.get(4).cursor());

        Received received =
                Received.on(cluster.node(2).sandpiper(), project, "resume", new StartPosition.After(cursor));

        assertThat(received.data(5)).containsExactly("\"5\"", "\"6\"", "\"7\"", "\"8\"", "\"9\"");
        assertThat(await(received.opening()).recovered()).isTrue();
    }

    @Test
    void anApplicationWithoutANodePublishesOverTheBus() {
        TestProject project = cluster.createProject();
        Received received = Received.on(cluster.node(0).sandpiper(), project, "app", LIVE);
        Vertx application = await(joinAsApplication());

        publish(Sandpiper.publisherOverBus(application), project, "app", "\"from an application\"");

        assertThat(received.data(1)).containsExactly("\"from an application\"");
        await(application.close());
    }

    @Test
    void aPublishRequestOfANewerReleaseIsRefusedWithALogLine() {
        Vertx newer = await(joinAsApplication());
        Bus bus = new Bus(newer).register(new FutureCodec());
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger(VersionedCodec.class);
        logger.addAppender(log);

        var request =
                bus.request(BusAddresses.PUBLISH, new FutureRequest(), FutureRequest.class, Duration.ofSeconds(5));

        assertThatThrownBy(() -> await(request))
                .isInstanceOfSatisfying(
                        ReplyException.class, e -> assertThat(e.failureCode()).isEqualTo(Bus.REFUSED));
        logger.detachAppender(log);
        assertThat(log.list)
                .anySatisfy(line -> assertThat(line.getFormattedMessage())
                        .contains("Refused a bus message of another node: it has version 200"));
        await(newer.close());
    }

    private static PublishReceipt publish(Publisher publisher, TestProject project, String topic, String data) {
        return await(publisher.publish(new PublishCommand(
                project.tenant(),
                project.project(),
                new Topic(topic),
                PublishCommand.DEFAULT_EVENT,
                data.getBytes(StandardCharsets.UTF_8),
                null,
                null,
                null,
                DeliveryClass.DURABLE)));
    }

    private Future<Vertx> joinAsApplication() {
        Map<String, String> settings = new HashMap<>(cluster.node(0).settings());
        settings.put("SANDPIPER_CLUSTER_PORT", Integer.toString(FreePorts.next()));
        var config = ClusterConfig.from(new Settings(settings::get));
        var metrics = new NodeMetrics("application");
        return ClusteredVertx.start(
                config, new VertxOptions().setMetricsOptions(metrics.vertxOptions()), metrics.vertxFactory());
    }

    record FutureRequest() {}

    /** The publish request as some later release will write it. */
    private static final class FutureCodec extends VersionedCodec<FutureRequest> {
        FutureCodec() {
            super(FutureRequest.class, "publish-request", 200);
        }

        @Override
        protected void write(FutureRequest message, BusWriter out) {
            out.putString("unheard of");
        }

        @Override
        protected FutureRequest read(int version, BusReader in) {
            return new FutureRequest();
        }
    }
}
