package dev.sandpiper.sockets;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.Capability;
import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.CredentialError;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.protocol.ClientFrame;
import dev.sandpiper.protocol.PublishExtras;
import dev.sandpiper.protocol.ServerFrames;
import dev.sandpiper.runtime.events.EndPosition;
import dev.sandpiper.runtime.events.FeedRequest;
import dev.sandpiper.runtime.events.StartPosition;
import io.vertx.core.AsyncResult;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers the frames of clients. One per event loop, for all of its WebSockets: it keeps nothing about any of them. */
final class Conversation {
    private static final Logger LOG = LoggerFactory.getLogger(Conversation.class);

    private final SocketLoop loop;
    private final NamedStarts starts;
    private final WorkerConversation workers;

    Conversation(SocketLoop loop) {
        this.loop = loop;
        this.starts = new NamedStarts(loop);
        this.workers = new WorkerConversation(loop);
    }

    void handle(WebSocketConnection connection, ClientFrame frame) {
        if (frame instanceof ClientFrame.Malformed malformed) {
            misunderstood(connection, malformed);
            return;
        }
        connection.countGoodFrame();
        try {
            switch (frame) {
                case ClientFrame.Subscribe f -> subscribe(connection, f);
                case ClientFrame.Ack f -> acknowledge(connection, f);
                case ClientFrame.Unsubscribe f -> unsubscribe(connection, f);
                case ClientFrame.Message f -> publish(connection, f);
                case ClientFrame.Auth f ->
                    authenticate(connection, f.id(), f.token(), principal -> {
                        requireSameSender(connection.principal(), principal);
                        connection.authenticated(principal);
                        greet(connection, f.id());
                    });
                case ClientFrame.Ping f -> connection.sendSoon(ServerFrames.pong(f.id()));
                case ClientFrame.Consume f -> workers.consume(connection, f);
                case ClientFrame.Stop f -> workers.stop(connection, f);
                case ClientFrame.Word f -> workers.say(connection, f);
                case ClientFrame.Malformed f -> misunderstood(connection, f);
            }
        } catch (PlatformException e) {
            connection.fail(frame.id(), e.error());
        }
    }

    /** Says that the connection is authenticated. */
    void greet(WebSocketConnection connection, @Nullable String id) {
        connection.sendSoon(ServerFrames.connected(
                id,
                connection.id(),
                loop.config().pingInterval(),
                loop.config().payload().bytes()));
    }

    private void misunderstood(WebSocketConnection connection, ClientFrame.Malformed frame) {
        connection.fail(frame.id(), frame.error());
        if (connection.countBadFrame()) {
            connection.end(new RequestError.InvalidRequest("Too many frames could not be understood"));
        }
    }

    private void subscribe(WebSocketConnection connection, ClientFrame.Subscribe frame) {
        String auth = frame.auth();
        if (auth == null) {
            subscribe(connection, frame, required(connection));
            return;
        }
        authenticate(connection, frame.id(), auth, principal -> {
            Principal present = connection.principal();
            if (present != null && present.sender() != null && principal.sender() != null) {
                requireSameSender(present, principal);
            }
            if (connection.principal() == null) {
                connection.authenticated(principal);
                greet(connection, null);
            }
            subscribe(connection, frame, principal);
        });
    }

    private void subscribe(WebSocketConnection connection, ClientFrame.Subscribe frame, Principal principal) {
        principal.require(Scope.EVENTS_SUBSCRIBE);
        requireRoom(connection, frame);
        StartPosition start = loop.positions().start(principal, frame.since(), frame.from(), frame.last());
        Access.require(principal, frame.channel(), start);
        if (frame.subscriber() != null) {
            // The names of subscribers are the project's, not a user's.
            principal.key();
        }
        EndPosition end = loop.positions().end(principal, frame.until(), start);
        if (frame.filter() == null && frame.subscriber() == null) {
            open(
                    connection,
                    frame,
                    new Reading(request(principal, frame, start), end, null, frame.maxRate()),
                    principal,
                    null);
            return;
        }
        connection.hold();
        loop.compile(frame.filter())
                .compose(filter -> starts.find(principal, frame, start).map(found -> {
                    var request = request(principal, frame, found.start());
                    return new Prepared(new Reading(request, end, filter, frame.maxRate()), found);
                }))
                .onComplete(result -> prepared(connection, frame, principal, result));
    }

    /** A subscription that had to wait for something, and what it waited for. */
    private record Prepared(Reading reading, NamedStarts.Found found) {}

    private void prepared(
            WebSocketConnection connection,
            ClientFrame.Subscribe frame,
            Principal principal,
            AsyncResult<Prepared> result) {
        Prepared prepared = result.result();
        if (!connection.isOpen()) {
            if (prepared != null) {
                prepared.found.release();
            }
            return;
        }
        if (prepared == null) {
            connection.fail(frame.id(), error(connection, result.cause()));
        } else {
            open(connection, frame, prepared.reading, principal, prepared.found);
        }
        connection.goAhead();
    }

    private void requireRoom(WebSocketConnection connection, ClientFrame.Subscribe frame) {
        if (connection.subscriptionList().find(frame.channel()) != null) {
            throw new PlatformException(
                    new ConflictError.AlreadySubscribed(frame.channel().name()));
        }
        int limit = loop.config().maxSubscriptions();
        if (connection.subscriptions() >= limit) {
            throw new PlatformException(new ConflictError.TooManySubscriptions(limit));
        }
    }

    private static FeedRequest request(Principal principal, ClientFrame.Subscribe frame, StartPosition start) {
        return new FeedRequest(principal.tenant(), principal.project(), List.of(frame.channel()), start);
    }

    private void open(
            WebSocketConnection connection,
            ClientFrame.Subscribe frame,
            Reading reading,
            Principal principal,
            NamedStarts.@Nullable Found found) {
        var subscription = new WebSocketSubscription(connection, frame.channel(), principal, frame.id());
        if (frame.ack()) {
            int most = loop.config().acks().maxUnacked();
            int maxUnacked = frame.maxUnacked() == 0 ? most : Math.min(most, frame.maxUnacked());
            HeldPosition position = found == null ? null : found.position();
            boolean resumed = found != null && found.resumed();
            subscription.feed(new Acknowledging(loop, reading, subscription, maxUnacked, position, resumed).start());
        } else {
            subscription.feed(loop.subscribe(reading, subscription));
        }
        connection.add(subscription);
    }

    private void acknowledge(WebSocketConnection connection, ClientFrame.Ack frame) {
        Principal principal = required(connection);
        WebSocketSubscription subscription = connection.subscriptionList().find(frame.channel());
        if (subscription == null) {
            throw new PlatformException(
                    new ConflictError.NotSubscribed(frame.channel().name()));
        }
        Acknowledging acks = subscription.acknowledging();
        if (acks == null) {
            throw new PlatformException(new RequestError.InvalidParameter("channel", "was not subscribed to with ack"));
        }
        acks.ack(loop.cursors().decode(principal.tenant(), principal.project(), frame.cursor()));
    }

    private void unsubscribe(WebSocketConnection connection, ClientFrame.Unsubscribe frame) {
        required(connection);
        WebSocketSubscription subscription = connection.subscriptionList().find(frame.channel());
        if (subscription == null) {
            throw new PlatformException(
                    new ConflictError.NotSubscribed(frame.channel().name()));
        }
        connection.remove(subscription);
        connection.sendSoon(
                ServerFrames.unsubscribed(frame.id(), frame.channel().name()));
    }

    private void publish(WebSocketConnection connection, ClientFrame.Message frame) {
        Principal principal = required(connection);
        principal.require(Scope.EVENTS_PUBLISH);
        principal.require(Capability.PUBLISH, frame.channel());
        loop.config().payload().check(frame.data());
        var command = new PublishCommand(
                principal.tenant(),
                principal.project(),
                frame.channel(),
                frame.event() == null ? PublishCommand.DEFAULT_EVENT : frame.event(),
                frame.data(),
                frame.contentType(),
                frame.headers(),
                frame.key(),
                principal.sender(),
                frame.deliveryClass(),
                PublishExtras.options(frame.extras(), principal.tenant(), principal.project(), loop.cursors()));
        connection.publishBegins();
        loop.publisher().publish(command).onComplete(result -> {
            if (result.succeeded()) {
                published(connection, frame.id(), principal, result.result());
            } else {
                connection.fail(frame.id(), refusal(principal, error(connection, result.cause())));
            }
            connection.publishEnds();
        });
    }

    private PlatformError refusal(Principal principal, PlatformError error) {
        return error instanceof ConflictError.CursorConflict conflict
                ? conflict.written(loop.cursors(), principal.tenant(), principal.project())
                : error;
    }

    private void published(
            WebSocketConnection connection, @Nullable String id, Principal principal, PublishReceipt receipt) {
        if (connection.isOpen()) {
            Cursor cursor = receipt.cursor();
            connection.sendSoon(
                    ServerFrames.published(id, receipt, cursor == null ? null : loop.cursor(principal, cursor)));
        }
    }

    /** Checks a credential while the connection waits; it must be for the project that the connection is in already. */
    private void authenticate(
            WebSocketConnection connection, @Nullable String id, String token, Consumer<Principal> then) {
        connection.hold();
        loop.authenticator().authenticate(token, connection.caller()).onComplete(result -> {
            if (!connection.isOpen()) {
                return;
            }
            try {
                Principal principal = result.result();
                if (principal == null) {
                    throw new PlatformException(error(connection, result.cause()));
                }
                requireSameProject(connection.principal(), principal);
                if (!principal.has(Scope.EVENTS_PUBLISH)) {
                    principal.require(Scope.EVENTS_SUBSCRIBE);
                }
                then.accept(principal);
            } catch (PlatformException e) {
                refused(connection, id, e.error());
            }
            if (connection.isOpen()) {
                connection.goAhead();
            }
        });
    }

    private static void refused(WebSocketConnection connection, @Nullable String id, PlatformError error) {
        connection.fail(id, error);
        if (connection.principal() == null) {
            connection.end(error);
        }
    }

    private static void requireSameProject(@Nullable Principal present, Principal principal) {
        if (present != null
                && !(present.tenant().equals(principal.tenant())
                        && present.project().equals(principal.project()))) {
            throw new PlatformException(new RequestError.InvalidRequest(
                    "A connection stays in its project; open another one for another project"));
        }
    }

    /** Whoever sees the events of a connection takes them for those of one user. */
    private static void requireSameSender(@Nullable Principal present, Principal principal) {
        if (present != null && !Objects.equals(present.sender(), principal.sender())) {
            throw new PlatformException(new RequestError.InvalidRequest(
                    "A connection stays with its user; open another one for another user"));
        }
    }

    static Principal required(WebSocketConnection connection) {
        Principal principal = connection.principal();
        if (principal == null) {
            throw new PlatformException(new CredentialError.MissingCredentials());
        }
        return principal;
    }

    static PlatformError error(WebSocketConnection connection, Throwable failure) {
        if (failure instanceof PlatformException e) {
            return e.error();
        }
        ConnectionLog.about(connection, LOG.atError()).setCause(failure).log("A frame could not be answered");
        return new AvailabilityError.Internal();
    }
}
