package dev.sandpiper.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.Topic;
import dev.sandpiper.runtime.auth.Wakefulness;
import dev.sandpiper.runtime.events.StartPosition;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A node that was frozen, and does not know yet what it missed. */
class FenceTest {
    private static final Topic TOPIC = new Topic("held.back");

    @Test
    void nothingIsDeliveredNorReadUntilTheNodeKnowsAgainAndThenEverythingIs() {
        try (FeedNode frozen = FeedNode.start();
                FeedNode other = FeedNode.start()) {
            Recorder open = frozen.live(TOPIC);
            Recorder witness = other.live(TOPIC);
            open.opening();
            witness.opening();
            // So short a silence that it is always behind.
            frozen.fence.watch(Wakefulness.until(Duration.ofNanos(-1)));

            for (int i = 0; i < 100; i++) {
                frozen.publish(TOPIC, "event " + i);
            }
            Recorder returning = frozen.subscribe(new StartPosition.Newest(50), TOPIC);
            witness.awaitCount(100);
            assertThat(open.events()).isEmpty();
            assertThat(returning.events()).isEmpty();

            frozen.fence.remove();
            open.awaitCount(100);
            assertThat(open.sequences()).isEqualTo(witness.sequences());
            returning.awaitCount(50);
        }
    }
}
