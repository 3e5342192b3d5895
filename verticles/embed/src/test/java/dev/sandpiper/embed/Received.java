package dev.sandpiper.embed;

import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.runtime.events.FeedListener;
import dev.sandpiper.runtime.events.FeedOpening;
import dev.sandpiper.runtime.events.FeedRequest;
import dev.sandpiper.runtime.events.StartPosition;
import dev.sandpiper.testkit.Eventually;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What came in on a topic by way of a node's feed. */
final class Received implements FeedListener {
    private final List<StoredEvent> events = new CopyOnWriteArrayList<>();
    private final Promise<FeedOpening> opening = Promise.promise();

    /** Subscribes, and waits until the subscription stands. */
    static Received on(Sandpiper node, TestProject project, String topic, StartPosition start) {
        var received = new Received();
        var request = new FeedRequest(project.tenant(), project.project(), List.of(new Topic(topic)), start);
        node.vertx().getOrCreateContext().runOnContext(go -> node.feed().subscribe(request, received));
        TestNode.await(received.opening());
        return received;
    }

    Future<FeedOpening> opening() {
        return opening.future();
    }

    /** Waits for so many, and returns their data. */
    List<String> data(int count) {
        Eventually.await(count + " events are received", Duration.ofSeconds(20), () -> events.size() >= count);
        return data();
    }

    List<String> data() {
        return events.stream()
                .map(event -> new String(event.data(), StandardCharsets.UTF_8))
                .toList();
    }

    @Override
    public void onOpen(FeedOpening opened) {
        opening.complete(opened);
    }

    @Override
    public void onEvent(StoredEvent event) {
        events.add(event);
    }

    @Override
    public void onBatchEnd() {}

    @Override
    public void onFailure(PlatformError error) {
        opening.tryFail(error.code());
    }
}
