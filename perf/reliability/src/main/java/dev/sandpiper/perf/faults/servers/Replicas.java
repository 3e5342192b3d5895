package dev.sandpiper.perf.faults.servers;

import dev.sandpiper.services.NatsServer;
import dev.sandpiper.testkit.Eventually;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.api.ClusterInfo;
import io.nats.client.api.Replica;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The copies of the event stream, as the servers see them. */
public final class Replicas implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Installation installation;
    private final Connection connection;

    private Replicas(Installation installation, Connection connection) {
        this.installation = installation;
        this.connection = connection;
    }

    public static Replicas of(Installation installation) throws IOException, InterruptedException {
        return new Replicas(
                installation,
                Nats.connect(Options.builder()
                        .servers(installation.natsUrl().split(","))
                        .maxReconnects(-1)
                        .reconnectWait(Duration.ofMillis(100))
                        .build()));
    }

    /** The server that leads the stream now; waits while there is none. */
    public NatsServer leader() {
        String leader = Eventually.get(
                "the stream has a leader",
                PATIENCE,
                () -> {
                    ClusterInfo info = info();
                    return info == null || info.getLeader() == null ? "" : info.getLeader();
                },
                name -> !name.isEmpty());
        return installation.nats().stream()
                .filter(server -> server.name().equals(leader))
                .findFirst()
                .orElseThrow();
    }

    /** Waits until every copy has what the leader has, or nearly. */
    public void awaitCurrent() {
        Eventually.await("every copy is current", PATIENCE, () -> {
            ClusterInfo info = info();
            return info != null
                    && info.getLeader() != null
                    && info.getReplicas() != null
                    && info.getReplicas().size() == installation.nats().size() - 1
                    && info.getReplicas().stream().allMatch(Replicas::isCurrent);
        });
    }

    @Override
    public void close() throws InterruptedException {
        connection.close();
    }

    private static boolean isCurrent(Replica replica) {
        return replica.isCurrent() && !replica.isOffline();
    }

    /** Null while nobody answers. */
    private @Nullable ClusterInfo info() {
        try {
            return connection
                    .jetStreamManagement()
                    .getStreamInfo(Installation.STREAM)
                    .getClusterInfo();
        } catch (IOException | JetStreamApiException | IllegalStateException e) {
            return null;
        }
    }
}
