package dev.sandpiper.publisher;

import static dev.sandpiper.publisher.PublisherWorld.command;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.ConnectionEnd;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.runtime.bus.BusAddresses;
import dev.sandpiper.runtime.config.Settings;
import dev.sandpiper.runtime.events.Publisher;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BusPublisherTest extends PublisherContract {
    @Override
    Publisher publisher(PublisherWorld world) throws Exception {
        world.vertx.deployVerticle(new PublisherVerticle(world.publisher)).await(10, TimeUnit.SECONDS);
        return new BusPublisher(world.vertx, PublisherConfig.from(new Settings(Map.<String, String>of()::get)));
    }

    @Test
    void withoutAnyNodeThatPublishesItSaysSo() throws Exception {
        for (String id : world.vertx.deploymentIDs()) {
            world.vertx.undeploy(id).await(10, TimeUnit.SECONDS);
        }
        assertThat(world.failure(publisher, command("t", "1"))).isEqualTo(new AvailabilityError.NodeUnavailable());
    }

    @Test
    void aNodeThatNeverAnswersLeavesTheOutcomeUnknownWithinTwoSeconds() throws Exception {
        for (String id : world.vertx.deploymentIDs()) {
            world.vertx.undeploy(id).await(10, TimeUnit.SECONDS);
        }
        Promise<Object> received = Promise.promise();
        world.vertx.eventBus().consumer(BusAddresses.PUBLISH, message -> received.complete(message.body()));
        long start = System.nanoTime();
        assertThat(world.failure(publisher, command("t", "1"))).isEqualTo(new AvailabilityError.OutcomeUnknown());
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
        assertThat(received.future().succeeded()).isTrue();
    }

    @Test
    void theOrderWithinATopicIsKeptOverSeveralNodesOfDifferentSpeed() throws Exception {
        Publisher slow =
                command -> world.vertx.timer(5, TimeUnit.MILLISECONDS).compose(v -> world.publisher.publish(command));
        world.vertx.deployVerticle(new PublisherVerticle(slow)).await(10, TimeUnit.SECONDS);
        Promise<List<Future<PublishReceipt>>> begun = Promise.promise();
        world.loop.runOnContext(v -> {
            List<Future<PublishReceipt>> receipts = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                receipts.add(publisher.publish(command("ordered", Integer.toString(i))));
            }
            begun.complete(receipts);
        });
        long last = 0;
        for (Future<PublishReceipt> receipt : begun.future().await(10, TimeUnit.SECONDS)) {
            long sequence = sequence(receipt.await(10, TimeUnit.SECONDS));
            assertThat(sequence).isGreaterThan(last);
            last = sequence;
        }
    }

    @Test
    void anotherNodeTakesOverFromOneThatIsGoingAway() throws Exception {
        Publisher leaving = command ->
                Future.failedFuture(new PlatformException(new ConnectionEnd.ShuttingDown(Duration.ofSeconds(1))));
        world.vertx.deployVerticle(new PublisherVerticle(leaving)).await(10, TimeUnit.SECONDS);
        for (int i = 0; i < 4; i++) {
            assertThat(world.publish(publisher, command("t", "1")).cursor()).isNotNull();
        }
    }
}
