package dev.sandpiper.sockets;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.protocol.ServerFrames;
import dev.sandpiper.runtime.events.FeedOpening;
import dev.sandpiper.runtime.events.FeedSubscription;
import org.jspecify.annotations.Nullable;

/** One channel of one connection. Subscriptions of a connection form a list, so that the usual one costs no array. */
final class WebSocketSubscription implements EventReceiver {
    private final WebSocketConnection connection;
    private final Topic topic;
    private Principal principal;
    /** Of the frame that asked for it; forgotten once it is answered. */
    private @Nullable String id;

    private @Nullable FeedSubscription feed;
    private @Nullable Cursor last;
    private boolean live;

    @Nullable
    WebSocketSubscription next;

    WebSocketSubscription(WebSocketConnection connection, Topic topic, Principal principal, @Nullable String id) {
        this.connection = connection;
        this.topic = topic;
        this.principal = principal;
        this.id = id;
    }

    Topic topic() {
        return topic;
    }

    /** Of the credential that this subscription was made with. */
    Principal principal() {
        return principal;
    }

    /** The same user has come with another token. */
    void principal(Principal renewed) {
        principal = renewed;
    }

    /** What was handed to the socket last; null before the subscription is open. */
    @Nullable
    Cursor last() {
        return last;
    }

    void feed(FeedSubscription subscription) {
        feed = subscription;
    }

    void pauseReplay(boolean paused) {
        if (feed != null) {
            feed.pauseReplay(paused);
        }
    }

    /** Null when the client does not acknowledge. */
    @Nullable
    Acknowledging acknowledging() {
        return feed instanceof Acknowledging acks ? acks : null;
    }

    /** Old events follow, and not live ones, until it has caught up again. */
    void onReplay() {
        live = false;
    }

    void close() {
        if (feed != null) {
            feed.close();
            feed = null;
        }
    }

    @Override
    public void onOpen(FeedOpening opening) {
        last = opening.cursor();
        var reason = opening.reason();
        Cursor oldest = opening.oldest();
        String cursor = connection.cursor(opening.cursor());
        String unrecovered = reason == null ? null : reason.wireName();
        String left = oldest == null ? null : connection.cursor(oldest);
        Acknowledging acks = acknowledging();
        connection.send(
                acks == null
                        ? ServerFrames.subscribed(id, topic.name(), cursor, unrecovered, left)
                        : ServerFrames.subscribed(
                                id, topic.name(), cursor, unrecovered, left, acks.maxUnacked(), acks.resumed()));
        connection.flush();
        id = null;
    }

    @Override
    public void onEvent(StoredEvent event) {
        Cursor cursor = event.cursor();
        if (connection.deliver(event, !live) && cursor != null) {
            last = cursor;
        }
    }

    @Override
    public void onBatchEnd() {
        if (live) {
            connection.flushLive();
        } else {
            connection.flush();
        }
    }

    @Override
    public void onCaughtUp(Cursor position) {
        live = true;
        last = position;
    }

    @Override
    public void onPosition(Cursor position) {
        last = position;
        connection.send(ServerFrames.position(topic.name(), connection.cursor(position)));
        connection.flush();
    }

    @Override
    public void onEnd(Cursor position) {
        feed = null;
        connection.subscriptionEnded(this, position);
    }

    @Override
    public void onFailure(PlatformError error) {
        feed = null;
        connection.subscriptionFailed(this, id, error);
    }
}
