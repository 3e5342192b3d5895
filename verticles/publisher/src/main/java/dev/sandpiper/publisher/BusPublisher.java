package dev.sandpiper.publisher;

import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.runtime.bus.Bus;
import dev.sandpiper.runtime.bus.BusAddresses;
import dev.sandpiper.runtime.events.Publisher;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.time.Duration;

/**
 * Publishes through whichever node of the cluster has a {@link PublisherVerticle}: for nodes and embedding applications
 * without a publisher of their own. Fails with {@code NODE_UNAVAILABLE} when there is no such node.
 *
 * <p>Requests go to those nodes in turn, so calls made one after the other keep their order only if there is one of them, or
 * if each waits for the receipt of the one before.
 */
public final class BusPublisher implements Publisher {
    /** The bus itself needs a little of the time that a caller waits. */
    private static final Duration MARGIN = Duration.ofMillis(300);

    private static final int NODES_TO_TRY = 3;

    private final Bus bus;
    private final Duration timeout;

    public BusPublisher(Vertx vertx, PublisherConfig config) {
        this.bus = new Bus(vertx);
        this.timeout = config.deadline().plus(MARGIN);
        PublishMessages.register(bus);
    }

    @Override
    public Future<PublishReceipt> publish(PublishCommand command) {
        return ask(new PublishMessages.Request(command), NODES_TO_TRY);
    }

    private Future<PublishReceipt> ask(PublishMessages.Request request, int nodesLeft) {
        return bus.request(BusAddresses.PUBLISH, request, PublishMessages.Envelope.class, timeout)
                .recover(BusPublisher::translate)
                .compose(envelope -> switch (envelope.answer()) {
                    case PublishMessages.Accepted accepted -> Future.succeededFuture(accepted.receipt());
                    case PublishMessages.Refused refused -> refused(request, refused.error(), nodesLeft - 1);
                });
    }

    private Future<PublishReceipt> refused(PublishMessages.Request request, PlatformError error, int nodesLeft) {
        // A node that is going away has not stored it, and another may.
        return error instanceof PlatformError.ShuttingDown && nodesLeft > 0
                ? ask(request, nodesLeft)
                : Future.failedFuture(new PlatformException(error));
    }

    private static Future<PublishMessages.Envelope> translate(Throwable failure) {
        return Future.failedFuture(new PlatformException(error(failure), failure));
    }

    private static PlatformError error(Throwable failure) {
        if (failure instanceof ReplyException reply) {
            if (reply.failureType() == ReplyFailure.NO_HANDLERS || reply.failureCode() == Bus.REFUSED) {
                return new PlatformError.NodeUnavailable();
            }
            return new PlatformError.OutcomeUnknown();
        }
        return new PlatformError.Internal();
    }
}
