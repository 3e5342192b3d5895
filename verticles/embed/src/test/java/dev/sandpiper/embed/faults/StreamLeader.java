package dev.sandpiper.embed.faults;

import dev.sandpiper.embed.TestNode;
import dev.sandpiper.services.NatsServer;
import dev.sandpiper.testkit.Eventually;
import dev.sandpiper.testkit.NatsTrio;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Nats;
import java.io.IOException;

/** Which of three servers leads the event stream. */
final class StreamLeader {
    private StreamLeader() {}

    /** Waits until there is one. */
    static NatsServer of(TestNode node, NatsTrio nats) {
        String stream = node.settings().get("SANDPIPER_NATS_NAMESPACE") + "_EVENTS";
        return nats.server(Eventually.get(
                "the stream has a leader", Story.PATIENCE, () -> name(stream, nats), name -> !name.isEmpty()));
    }

    /** Empty while there is none, or none that answers. */
    private static String name(String stream, NatsTrio nats) throws InterruptedException {
        try (Connection connection = Nats.connect(nats.url())) {
            var placement =
                    connection.jetStreamManagement().getStreamInfo(stream).getClusterInfo();
            String name = placement == null ? null : placement.getLeader();
            return name == null ? "" : name;
        } catch (IOException | JetStreamApiException e) {
            return "";
        }
    }
}
