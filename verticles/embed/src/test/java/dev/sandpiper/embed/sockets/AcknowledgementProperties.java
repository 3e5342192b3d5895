package dev.sandpiper.embed.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.embed.TestNode;
import dev.sandpiper.embed.TestProject;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Clients that take and acknowledge as they please, leave, and come back under their name. */
class AcknowledgementProperties {
    private static final TestNode NODE = TestNode.shared();
    private static final TestProject PROJECT = NODE.createProject();
    private static final AtomicInteger ROUNDS = new AtomicInteger();

    @Property(tries = 100, shrinking = ShrinkingMode.OFF)
    void everyVisitBeginsAfterTheLastAcknowledgedEventAndGetsNoMoreThanTheWindow(
            @ForAll @IntRange(min = 1, max = 12) int window,
            @ForAll @Size(min = 1, max = 4) List<@IntRange(min = 0, max = 8) Integer> before,
            @ForAll @Size(min = 4, max = 4) List<@IntRange(min = 0, max = 8) Integer> during,
            @ForAll @Size(min = 4, max = 4) List<@IntRange(min = 0, max = 20) Integer> acknowledged) {
        String channel = "acks." + ROUNDS.incrementAndGet();
        var rest = new RestClient(NODE, PROJECT.key());
        int published = 0;
        int done = 0;
        for (int visit = 0; visit < before.size(); visit++) {
            // The first subscription is where the name begins.
            int early = visit == 0 ? 0 : before.get(visit);
            for (int i = 0; i < early; i++) {
                rest.publish(channel, published++);
            }
            try (AckClient client = new AckClient(NODE, PROJECT.key(), channel)) {
                JsonObject subscribed = client.subscribe("s", new JsonObject().put("max_unacked", window));
                assertThat(subscribed.getBoolean("resumed")).isEqualTo(visit > 0);
                assertThat(subscribed.getBoolean("recovered")).isTrue();
                for (int i = 0; i < during.get(visit); i++) {
                    rest.publish(channel, published++);
                }
                int expected = Math.min(window, published - done);
                List<JsonObject> events = new ArrayList<>(client.take(expected));
                for (int i = 0; i < expected; i++) {
                    assertThat(events.get(i).getInteger("data")).isEqualTo(done + i);
                }
                assertThat(client.isQuiet()).as("no more than %s", window).isTrue();
                int acks = Math.min(expected, acknowledged.get(visit));
                if (acks > 0) {
                    client.ack(events.get(acks - 1).getString("cursor"));
                    done += acks;
                }
            }
        }
    }
}
