package dev.sandpiper.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.Topic;
import dev.sandpiper.runtime.auth.Wakefulness;
import dev.sandpiper.runtime.events.StartPosition;
import io.nats.client.Subscription;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A node that was frozen, and does not know yet what it missed. */
class FenceTest {
    private static final Topic TOPIC = new Topic("held.back");

    @Test
    void nothingIsDeliveredNorReadUntilTheNodeKnowsAgainAndThenEverythingIs() throws InterruptedException {
        try (FeedNode frozen = FeedNode.start()) {
            Recorder open = frozen.live(TOPIC);
            open.opening();
            Subscription witness =
                    frozen.publisher.subscribe(frozen.store.subjects().live(FeedNode.TENANT, FeedNode.PROJECT, TOPIC));
            // So short a silence that it is always behind.
            frozen.fence.watch(Wakefulness.until(Duration.ofNanos(-1)));

            for (int i = 0; i < 100; i++) {
                frozen.publish(TOPIC, "event " + i);
            }
            Recorder returning = frozen.subscribe(new StartPosition.Newest(50), TOPIC);
            for (int i = 0; i < 100; i++) {
                assertThat(witness.nextMessage(Duration.ofSeconds(20))).isNotNull();
            }
            assertThat(open.events()).isEmpty();
            assertThat(returning.events()).isEmpty();

            frozen.fence.remove();
            assertThat(open.awaitCount(100).sequences()).isSorted().doesNotHaveDuplicates();
            returning.awaitCount(50);
        }
    }
}
