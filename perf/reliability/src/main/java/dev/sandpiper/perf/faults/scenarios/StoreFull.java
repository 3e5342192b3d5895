package dev.sandpiper.perf.faults.scenarios;

import dev.sandpiper.domain.Topic;
import dev.sandpiper.perf.faults.load.Client;
import dev.sandpiper.perf.faults.load.Shape;
import dev.sandpiper.perf.faults.load.Traffic;
import dev.sandpiper.perf.faults.report.Finding;
import dev.sandpiper.perf.faults.servers.Installation;
import dev.sandpiper.perf.faults.servers.Plan;
import dev.sandpiper.perf.faults.servers.SmallDisk;
import dev.sandpiper.runtime.nats.Subjects;
import dev.sandpiper.services.NatsServer;
import dev.sandpiper.testkit.Eventually;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Nats;
import io.nats.client.PurgeOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Line 9. First nats-server may keep no more ({@code max_file_store}), as it should be configured; then, where this user may mount
 * one, the disk itself is full, which nats-server answers by ending JetStream until it is started again.
 *
 * @param megabytes that there is room for
 */
record StoreFull(int megabytes) implements Fault {
    private static final int FILLER_BYTES = 100_000;
    private static final Duration ANSWER = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long MEGABYTE = 1L << 20;

    @Override
    public int number() {
        return 9;
    }

    @Override
    public String name() {
        return "store-full";
    }

    @Override
    public String what() {
        return "the NATS store is full: at its limit, then the disk itself (" + megabytes + " MB each)";
    }

    @Override
    public String promise() {
        return "publishes are refused with a code; at the limit reads go on; all recovers once there is room";
    }

    @Override
    public Finding run() throws Exception {
        var finding = new Finding();
        play(finding, "limit", null, megabytes * MEGABYTE);
        Optional<SmallDisk> disk = SmallDisk.mount(megabytes);
        if (disk.isPresent()) {
            try (SmallDisk small = disk.get()) {
                play(finding, "disk", small.folder(), 100L * megabytes * MEGABYTE);
            }
        } else {
            finding.figure("disk", "not played, only root may mount one");
        }
        return finding;
    }

    private void play(Finding finding, String kind, @Nullable Path folder, long bytes) throws Exception {
        try (Installation installation = Installation.start(Plan.of(2).natsIn(folder, bytes));
                Traffic traffic = Traffic.start(installation, new Shape(1, 2, 2, Duration.ofMillis(20)))) {
            traffic.awaitReceipts(50);
            Client client = new Client(
                    installation.node(0).url(), installation.credentials().client());
            Set<String> codes = new HashSet<>();
            Duration slowest = Duration.ZERO;
            int refusals = 0;
            for (int i = 0; refusals < 20 && i < 40 * megabytes; i++) {
                Client.Timed timed = client.publish("filler", "x".repeat(FILLER_BYTES), "");
                if (timed.status() != 201) {
                    refusals++;
                    codes.add(timed.status() + " " + timed.answer().text("code"));
                    slowest = timed.took().compareTo(slowest) > 0 ? timed.took() : slowest;
                }
            }
            int reads = client.history("faults.0").status();
            boolean disk = folder != null;
            finding.figure(kind + ": refused with", codes.toString())
                    .figure(kind + ": reads answered", reads)
                    .require(refusals > 0, kind + ": publishes are refused")
                    .require(
                            codes.stream().allMatch(code -> code.startsWith("50")),
                            kind + ": with a code, not " + codes)
                    .require(disk || reads == 200, kind + ": reads go on, and were answered " + reads)
                    .atMost(kind + ": slowest refusal", slowest, ANSWER);
            makeRoom(installation, folder);
            long since = System.nanoTime();
            traffic.awaitReceipts(50);
            finding.figure(kind + ": takes events again after, s", Duration.ofNanos(System.nanoTime() - since))
                    .of(kind, traffic.judge());
        }
    }

    private static void makeRoom(Installation installation, @Nullable Path folder) {
        NatsServer nats = installation.nats().getFirst();
        if (folder != null) {
            // An operator makes the disk larger; then JetStream has to be started again.
            SmallDisk.enlarge(folder);
            nats.restart();
        }
        String filler = new Subjects("")
                .stored(
                        installation.credentials().tenant(),
                        installation.credentials().project(),
                        new Topic("filler"));
        Eventually.await("the filler is purged", PATIENCE, () -> {
            try (Connection connection = Nats.connect(nats.url())) {
                return connection
                        .jetStreamManagement()
                        .purgeStream(Installation.STREAM, PurgeOptions.subject(filler))
                        .isSuccess();
            } catch (IOException | JetStreamApiException e) {
                return false;
            }
        });
    }
}
