package dev.sandpiper.sockets;

import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.ConsumerError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.protocol.ClientFrame;
import dev.sandpiper.protocol.WorkerFrames;
import dev.sandpiper.runtime.events.Consumers;

/** Answers the frames of workers of durable consumers. One per event loop, like the {@link Conversation} that it is a part of. */
final class WorkerConversation {
    private final SocketLoop loop;

    WorkerConversation(SocketLoop loop) {
        this.loop = loop;
    }

    void consume(WebSocketConnection connection, ClientFrame.Consume frame) {
        Principal worker = worker(connection);
        if (connection.consumption(frame.consumer()) != null) {
            throw new PlatformException(new ConsumerError.AlreadyConsuming(frame.consumer()));
        }
        int limit = loop.config().maxSubscriptions();
        if (connection.subscriptions() >= limit) {
            throw new PlatformException(new ConflictError.TooManySubscriptions(limit));
        }
        int credit = frame.credit() == 0 ? Consumers.DEFAULT_CREDIT : frame.credit();
        var consumption = new WebSocketConsumption(loop, connection, frame.consumer(), credit, frame.id());
        consumption.source(loop.consumers().consume(worker, frame.consumer(), credit, consumption));
        connection.add(consumption);
    }

    /** The worker may still say something about what it has: nothing is given back. */
    void stop(WebSocketConnection connection, ClientFrame.Stop frame) {
        worker(connection);
        WebSocketConsumption consumption = connection.consumption(frame.consumer());
        if (consumption == null) {
            throw new PlatformException(new ConsumerError.NotConsuming(frame.consumer()));
        }
        consumption.close(false);
        connection.remove(consumption);
        connection.sendSoon(WorkerFrames.stopped(frame.id(), frame.consumer()));
    }

    /** Unanswered words of a connection are bounded together with its publishes. */
    void say(WebSocketConnection connection, ClientFrame.Word frame) {
        Principal worker = worker(connection);
        connection.publishBegins();
        loop.consumers()
                .tell(worker, frame.consumer(), frame.token(), frame.word())
                .onComplete(result -> {
                    if (result.succeeded()) {
                        connection.sendSoon(
                                WorkerFrames.confirmed(frame.id(), frame.consumer(), frame.token(), result.result()));
                    } else {
                        connection.fail(
                                frame.id(),
                                frame.consumer(),
                                frame.token(),
                                Conversation.error(connection, result.cause()));
                    }
                    connection.publishEnds();
                });
    }

    private static Principal worker(WebSocketConnection connection) {
        Principal principal = Conversation.required(connection);
        principal.require(Scope.EVENTS_SUBSCRIBE);
        principal.key();
        return principal;
    }
}
