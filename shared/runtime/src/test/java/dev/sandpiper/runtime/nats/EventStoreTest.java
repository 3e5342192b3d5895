package dev.sandpiper.runtime.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.domain.Durability;
import dev.sandpiper.domain.EventHeaders;
import dev.sandpiper.domain.EventId;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.runtime.config.Settings;
import dev.sandpiper.testkit.Eventually;
import dev.sandpiper.testkit.NatsFixture;
import dev.sandpiper.testkit.NatsTrio;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventStoreTest {
    private static final TenantId TENANT = new TenantId("acme");
    private static final ProjectId PROJECT = new ProjectId("prod");
    private static final Topic TOPIC = new Topic("größe.%.");
    private static final EventId ID = new EventId("01ARZ3NDEKTSV4RRFFQ69G5FAV");

    private final Vertx vertx = Vertx.vertx();
    private final Map<String, String> settings = new HashMap<>();

    @AfterEach
    void end() {
        vertx.close().await();
    }

    @Test
    void makesTheStreamAndKnowsItAgain() throws Exception {
        EventStore store = open(NatsFixture.shared());
        int epoch = store.epoch();
        assertThat(store.connected()).isTrue();
        assertThat(store.durability()).isEqualTo(Durability.MEMORY);
        assertThat(store.state()).isEqualTo(new StreamState(epoch, 1, 0));
        store.close().await();

        EventStore again = reopen(NatsFixture.shared());
        assertThat(again.epoch()).isEqualTo(epoch);
        again.close().await();
    }

    @Test
    void bringsAnExistingStreamInLineWithTheSettings() throws Exception {
        EventStore store = open(NatsFixture.shared());
        int epoch = store.epoch();
        store.close().await();

        settings.put("SANDPIPER_NATS_MAX_BYTES", "1000000");
        settings.put("SANDPIPER_NATS_DEDUPE_WINDOW", "7s");
        EventStore changed = reopen(NatsFixture.shared());
        var config = changed.connection()
                .jetStreamManagement()
                .getStreamInfo(changed.subjects().stream())
                .getConfiguration();
        assertThat(config.getMaxBytes()).isEqualTo(1_000_000);
        assertThat(config.getDuplicateWindow()).isEqualTo(Duration.ofSeconds(7));
        assertThat(changed.epoch()).isEqualTo(epoch);
        changed.close().await();
    }

    @Test
    void anEventReadsTheSameLiveDirectAndFromTheLeader() throws Exception {
        EventStore store = open(NatsFixture.shared());
        BlockingQueue<Message> live = new LinkedBlockingQueue<>();
        store.connection()
                .createDispatcher(live::add)
                .subscribe(store.subjects().live(TENANT, PROJECT, TOPIC));
        store.connection().flush(Duration.ofSeconds(2));
        EventHeaders headers = EventHeaders.of(Map.of("a-b_c.9", " 50% größer ", "x.empty", "", "nats-ttl", "1s"));
        store(
                store,
                command("Ünder %41 ", "text/plain; charset=utf-8", "key", "Zoë").withHeaders(headers));

        Message heard = live.poll(5, TimeUnit.SECONDS);
        assertThat(heard).isNotNull();
        String subject = store.subjects().stored(TENANT, PROJECT, TOPIC);
        Message direct = store.request(
                        "$JS.API.DIRECT.GET." + store.subjects().stream() + "." + subject,
                        new byte[0],
                        Duration.ofSeconds(2))
                .await(5, TimeUnit.SECONDS);
        StoredEvent leader = store.readLast(subject).await(5, TimeUnit.SECONDS);
        StoredEvent bySequence = store.read(1).await(5, TimeUnit.SECONDS);
        if (heard != null && leader != null && bySequence != null) {
            assertThat(EventCodec.previousSequence(heard)).isZero();
            for (StoredEvent event : new StoredEvent[] {
                store.codec().decode(heard, store.epoch()),
                store.codec().decode(direct, store.epoch()),
                leader,
                bySequence
            }) {
                assertThat(event.topic()).isEqualTo(TOPIC);
                assertThat(event.tenant()).isEqualTo(TENANT);
                assertThat(event.project()).isEqualTo(PROJECT);
                assertThat(event.id()).isEqualTo(ID);
                assertThat(event.event()).isEqualTo("Ünder %41 ");
                assertThat(event.contentType()).isEqualTo("text/plain; charset=utf-8");
                assertThat(event.sender()).isEqualTo("Zoë");
                assertThat(event.headers()).isEqualTo(headers);
                assertThat(event.data()).isEqualTo(new byte[] {'1'});
                assertThat(event.sequence()).isEqualTo(1);
                assertThat(event.timestamp()).isEqualTo(leader.timestamp());
            }
            assertThat(Duration.between(leader.timestamp(), Instant.now()).abs())
                    .isLessThan(Duration.ofMinutes(1));
        }
        assertThat(leader).isNotNull();
        assertThat(bySequence).isNotNull();
        assertThat(store.read(99).await(5, TimeUnit.SECONDS)).isNull();
        store.close().await();
    }

    @Test
    void bytesThatAnotherClientWroteAreNeverTakenForJson() throws Exception {
        EventStore store = open(NatsFixture.shared());
        String subject = store.subjects().stored(TENANT, PROJECT, TOPIC);
        store.connection()
                .request(subject, "}{".getBytes(StandardCharsets.UTF_8))
                .get(5, TimeUnit.SECONDS);
        StoredEvent event = store.readLast(subject).await(5, TimeUnit.SECONDS);
        assertThat(event).isNotNull();
        if (event != null) {
            assertThat(event.contentType()).isEqualTo("application/octet-stream");
            assertThat(event.event()).isEqualTo("message");
        }
        store.close().await();
    }

    @Test
    void headersThatAnotherClientWroteAreTakenAsFarAsTheyCanBeHeaders() throws Exception {
        EventStore store = open(NatsFixture.shared());
        String subject = store.subjects().stored(TENANT, PROJECT, TOPIC);
        Headers foreign = new Headers()
                .put("Sp-Id", ID.value())
                .put("Sp-Headers", "fine,\",Up,missing,line,," + "x".repeat(65))
                .put("Sp-H-fine", "1")
                .put("Sp-H-\"", "2")
                .put("Sp-H-Up", "3")
                .put("Sp-H-line", "%0A")
                .put("Sp-H-unsaid", "4");
        store.connection()
                .request(NatsMessage.builder()
                        .subject(subject)
                        .headers(foreign)
                        .data("1")
                        .build())
                .get(5, TimeUnit.SECONDS);
        StoredEvent event = store.readLast(subject).await(5, TimeUnit.SECONDS);
        assertThat(event).isNotNull();
        if (event != null) {
            assertThat(event.headers().asMap()).isEqualTo(Map.of("fine", "1"));
        }
        store.close().await();
    }

    @Test
    void anEventWithoutHeadersSharesTheOneThatIsEmpty() throws Exception {
        EventStore store = open(NatsFixture.shared());
        store(store, command("message", null, null, null));
        StoredEvent event =
                store.readLast(store.subjects().stored(TENANT, PROJECT, TOPIC)).await(5, TimeUnit.SECONDS);
        assertThat(event).isNotNull();
        if (event != null) {
            assertThat(event.headers()).isSameAs(EventHeaders.NONE);
        }
        store.close().await();
    }

    @Test
    void survivesAServerThatIsKilledAndComesBack() throws Exception {
        NatsFixture nats = NatsFixture.own();
        EventStore store = open(nats);
        int epoch = store.epoch();
        store(store, command("message", null, null, null));
        var resyncs = new AtomicInteger();
        store.onResync(resyncs::incrementAndGet);

        nats.server().kill();
        Eventually.await("the store notices", () -> !store.connected());
        assertThatThrownBy(() -> store.health().await(5, TimeUnit.SECONDS)).hasMessageContaining("cannot be reached");
        nats.server().restart();
        Eventually.await("the store is connected again", store::connected);
        Eventually.await("readers are told", () -> resyncs.get() > 0);
        assertThat(store.refresh().await(5, TimeUnit.SECONDS)).isEqualTo(new StreamState(epoch, 1, 1));
        store.close().await();
    }

    @Test
    void noticesAServerThatHangs() throws Exception {
        NatsFixture nats = NatsFixture.own();
        EventStore store = open(nats);
        nats.server().pause();
        long start = System.nanoTime();
        assertThatThrownBy(() -> store.health().await(5, TimeUnit.SECONDS)).hasMessageContaining("cannot be reached");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(1_800));
        Eventually.await("the store notices", () -> !store.connected());
        nats.server().resume();
        Eventually.await("the store is connected again", store::connected);
        store.close().await();
    }

    @Test
    void aDeletedStreamIsMadeAnewInAnotherEpoch() throws Exception {
        EventStore store = open(NatsFixture.shared());
        int epoch = store.epoch();
        store(store, command("message", null, null, null));
        var resyncs = new AtomicInteger();
        Runnable registration = store.onResync(resyncs::incrementAndGet);
        store.connection().jetStreamManagement().deleteStream(store.subjects().stream());
        Eventually.await("another epoch", () -> store.epoch() != epoch);
        Eventually.await("readers are told", () -> resyncs.get() == 1);
        assertThat(store.refresh().await(5, TimeUnit.SECONDS).lastSequence()).isZero();
        registration.run();
        store.close().await();
    }

    @Test
    void saysWhatIsWrongWhenThereIsNoServer() throws Exception {
        settings.put("SANDPIPER_NATS_STARTUP_TIMEOUT", "0");
        settings.put("SANDPIPER_NATS_URL", "nats://127.0.0.1:1");
        assertThatThrownBy(() -> EventStore.open(vertx, config(), new SimpleMeterRegistry())
                        .await(10, TimeUnit.SECONDS))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("SANDPIPER_NATS_URL");
    }

    @Test
    void syncedDisksAreBelievedOnlyFromTheServerItself() throws Exception {
        settings.put("SANDPIPER_NATS_MONITOR_URL", NatsFixture.shared().monitoringUrl());
        EventStore store = open(NatsFixture.shared());
        assertThat(store.durability()).isEqualTo(Durability.MEMORY);
        store.close().await();
    }

    @Test
    void receiptsOfAReplicatedStreamSaySoAndMoreOnlyWhenEveryServerSyncs() throws Exception {
        settings.put("SANDPIPER_NATS_REPLICAS", "3");
        try (NatsTrio lazy = NatsTrio.start(false)) {
            EventStore store = openOn(lazy.url(), lazy.monitoringUrl());
            assertThat(store.durability()).isEqualTo(Durability.REPLICATED);
            store.close().await();
        }
        try (NatsTrio syncing = NatsTrio.start(true)) {
            EventStore unasked = openOn(syncing.url(), "");
            assertThat(unasked.durability()).isEqualTo(Durability.REPLICATED);
            unasked.close().await();

            EventStore one = openOn(syncing.url(), syncing.monitoringUrl().split(",")[0]);
            assertThat(one.durability())
                    .as("one of three says nothing about the others")
                    .isEqualTo(Durability.REPLICATED);
            one.close().await();

            EventStore store = openOn(syncing.url(), syncing.monitoringUrl());
            assertThat(store.durability()).isEqualTo(Durability.FSYNCED);
            store.close().await();

            settings.put("SANDPIPER_NATS_REPLICAS", "1");
            settings.put("SANDPIPER_NATS_NAMESPACE", "single");
            EventStore single = openOn(syncing.url(), syncing.monitoringUrl());
            assertThat(single.durability()).isEqualTo(Durability.FSYNCED);
            single.close().await();
        }
    }

    @Test
    void aStreamThatCannotBecomeOursIsNamed() throws Exception {
        NatsFixture nats = NatsFixture.shared();
        String namespace = nats.namespace();
        try (Connection connection = Nats.connect(nats.url())) {
            connection
                    .jetStreamManagement()
                    .addStream(StreamConfiguration.builder()
                            .name(namespace + "_EVENTS")
                            .subjects(namespace + ".events.>")
                            .storageType(StorageType.Memory)
                            .build());
        }
        settings.put("SANDPIPER_NATS_NAMESPACE", namespace);
        settings.put("SANDPIPER_NATS_URL", nats.url());
        assertThatThrownBy(() -> EventStore.open(vertx, config(), new SimpleMeterRegistry())
                        .await(10, TimeUnit.SECONDS))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(namespace + "_EVENTS")
                .hasMessageContaining("storage type");
    }

    @Test
    void anOldServerIsNamedWithItsVersion() throws Exception {
        try (ServerSocket old = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> actOld(old));
            assertThatThrownBy(() -> openOn("nats://127.0.0.1:" + old.getLocalPort(), ""))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("is version 2.9.10; Sandpiper needs 2.12.1 or newer");
        }
    }

    private static void actOld(ServerSocket server) {
        try (Socket client = server.accept();
                var lines =
                        new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII))) {
            OutputStream out = client.getOutputStream();
            out.write(("INFO {\"server_id\":\"X\",\"version\":\"2.9.10\",\"max_payload\":1048576,\"headers\":true,"
                            + "\"jetstream\":true}\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.equals("PING")) {
                    out.write("PONG\r\n".getBytes(StandardCharsets.US_ASCII));
                }
            }
        } catch (SocketException e) {
            // The client hung up: it does not want an old server.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private EventStore openOn(String url, String monitorUrl) throws Exception {
        settings.put("SANDPIPER_NATS_URL", url);
        settings.put("SANDPIPER_NATS_MONITOR_URL", monitorUrl);
        return EventStore.open(vertx, config(), new SimpleMeterRegistry()).await(40, TimeUnit.SECONDS);
    }

    private EventStore open(NatsFixture nats) throws Exception {
        settings.put("SANDPIPER_NATS_NAMESPACE", nats.namespace());
        return reopen(nats);
    }

    private EventStore reopen(NatsFixture nats) throws Exception {
        settings.put("SANDPIPER_NATS_URL", nats.url());
        return EventStore.open(vertx, config(), new SimpleMeterRegistry()).await(20, TimeUnit.SECONDS);
    }

    private NatsConfig config() {
        var read = new Settings(settings::get);
        NatsConfig config = NatsConfig.from(read);
        read.check();
        return config;
    }

    private static PublishCommand command(
            String event, @Nullable String type, @Nullable String key, @Nullable String sender) {
        return new PublishCommand(
                TENANT, PROJECT, TOPIC, event, new byte[] {'1'}, type, key, sender, DeliveryClass.DURABLE);
    }

    private static void store(EventStore store, PublishCommand command) throws Exception {
        var message = NatsMessage.builder()
                .subject(store.subjects().stored(TENANT, PROJECT, TOPIC))
                .headers(store.codec().stored(command, ID))
                .data(command.data())
                .build();
        store.connection().request(message).get(5, TimeUnit.SECONDS);
    }
}
