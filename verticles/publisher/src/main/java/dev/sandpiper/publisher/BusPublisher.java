package dev.sandpiper.publisher;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.ConnectionEnd;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.runtime.bus.Bus;
import dev.sandpiper.runtime.bus.BusAddresses;
import dev.sandpiper.runtime.events.Publisher;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;

/**
 * Publishes through whichever node of the cluster has a {@link PublisherVerticle}: for nodes and embedding applications
 * without a publisher of their own. Fails with {@code NODE_UNAVAILABLE} when there is no such node.
 *
 * <p>The bus gives requests to those nodes in turn, and each could be the faster one: so that the order within a topic is
 * kept, an event is sent only after the one before it on the same topic was answered.
 */
public final class BusPublisher implements Publisher {
    /** The bus itself needs a little of the time that a caller waits. */
    private static final Duration MARGIN = Duration.ofMillis(300);

    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
    private static final int NODES_TO_TRY = 3;

    private final VertxInternal vertx;
    private final Bus bus;
    private final long timeoutNanos;
    private final TenantShares waiting;
    private final InTurn<TopicKey> turns = new InTurn<>();

    public BusPublisher(Vertx vertx, PublisherConfig config) {
        this.vertx = (VertxInternal) vertx;
        this.bus = new Bus(vertx);
        this.timeoutNanos = config.deadline().plus(MARGIN).toNanos();
        this.waiting = new TenantShares(config.maxWaiting());
        PublishMessages.register(bus);
    }

    private record TopicKey(TenantId tenant, ProjectId project, Topic topic) {}

    @Override
    public Future<PublishReceipt> publish(PublishCommand command) {
        ContextInternal context = vertx.getOrCreateContext();
        TenantId tenant = command.tenant();
        if (!waiting.enter(tenant)) {
            return context.failedFuture(new PlatformException(new AvailabilityError.PublisherSaturated(RETRY_AFTER)));
        }
        Promise<PublishReceipt> promise = context.promise();
        var key = new TopicKey(tenant, command.project(), command.topic());
        var request = new PublishMessages.Request(command);
        long deadline = System.nanoTime() + timeoutNanos;
        turns.run(key, () -> ask(request, NODES_TO_TRY, deadline)).onComplete(answer -> {
            waiting.leave(tenant);
            if (answer.succeeded()) {
                promise.complete(answer.result());
            } else {
                promise.fail(answer.cause());
            }
        });
        return promise.future();
    }

    private Future<PublishReceipt> ask(PublishMessages.Request request, int nodesLeft, long deadline) {
        Duration left = Duration.ofNanos(deadline - System.nanoTime());
        if (left.toMillis() < 1) {
            // It waited for its turn all the time, and was not sent.
            return Future.failedFuture(new PlatformException(new AvailabilityError.NodeUnavailable()));
        }
        return bus.request(BusAddresses.PUBLISH, request, PublishMessages.Envelope.class, left)
                .recover(BusPublisher::translate)
                .compose(envelope -> switch (envelope.answer()) {
                    case PublishMessages.Accepted accepted -> Future.succeededFuture(accepted.receipt());
                    case PublishMessages.Refused refused -> refused(request, refused.error(), nodesLeft - 1, deadline);
                });
    }

    private Future<PublishReceipt> refused(
            PublishMessages.Request request, PlatformError error, int nodesLeft, long deadline) {
        // A node that is going away has not stored it, and another may.
        return error instanceof ConnectionEnd.ShuttingDown && nodesLeft > 0
                ? ask(request, nodesLeft, deadline)
                : Future.failedFuture(new PlatformException(error));
    }

    private static Future<PublishMessages.Envelope> translate(Throwable failure) {
        return Future.failedFuture(new PlatformException(error(failure), failure));
    }

    private static PlatformError error(Throwable failure) {
        if (failure instanceof ReplyException reply) {
            if (reply.failureType() == ReplyFailure.NO_HANDLERS || reply.failureCode() == Bus.REFUSED) {
                return new AvailabilityError.NodeUnavailable();
            }
            return new AvailabilityError.OutcomeUnknown();
        }
        return new AvailabilityError.Internal();
    }
}
