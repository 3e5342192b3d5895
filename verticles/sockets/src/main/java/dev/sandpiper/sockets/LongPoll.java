package dev.sandpiper.sockets;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.ConnectionEnd;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.protocol.JsonBytes;
import dev.sandpiper.runtime.events.FeedOpening;
import dev.sandpiper.runtime.events.UnrecoveredReason;
import io.netty.buffer.Unpooled;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One long poll. Answers with the first batch of events that there is; when there is none before its time is up, with none
 * and the position that was reached, so that the cursor of a quiet topic moves on too.
 */
final class LongPoll extends FeedConnection {
    /** A poll that does not want to wait still waits for the store to say what there is, but not for ever. */
    private static final Duration LOOK = Duration.ofSeconds(5);

    private final Duration timeout;
    private final List<byte[]> messages = new ArrayList<>();
    private int bytes;
    private @Nullable Cursor position;
    private @Nullable UnrecoveredReason reason;
    private @Nullable Cursor oldest;
    private long timer = -1;
    private boolean answered;

    LongPoll(SocketLoop loop, RoutingContext request, Principal principal, long number, Duration timeout) {
        super(loop, request, principal, Transport.POLL, number);
        this.timeout = timeout;
    }

    @Override
    void open(Reading reading) {
        Duration patience = timeout.isZero() ? LOOK : timeout;
        timer = loop.context().owner().setTimer(patience.toMillis(), t -> timeUp());
        super.open(reading);
    }

    /** The answer tells it, whenever that goes out. */
    @Override
    Duration positionInterval() {
        return Duration.ZERO;
    }

    @Override
    public void onOpen(FeedOpening opening) {
        position = opening.cursor();
        reason = opening.reason();
        oldest = opening.oldest();
        if (reason != null) {
            // The client has something to decide; it should not have to wait for that.
            answer();
        }
    }

    @Override
    public void onEvent(StoredEvent event) {
        if (answered) {
            return;
        }
        byte[] json = loop.encoders().json(event);
        if (!messages.isEmpty() && bytes + json.length > loop.config().pollMaxBytes()) {
            answer();
            return;
        }
        messages.add(json);
        bytes += json.length;
        Cursor cursor = event.cursor();
        if (cursor != null) {
            position = cursor;
        }
        loop.delivered(Transport.POLL, json.length);
        if (messages.size() >= loop.config().pollMaxEvents()) {
            answer();
        }
    }

    @Override
    public void onBatchEnd() {
        if (!messages.isEmpty()) {
            answer();
        }
    }

    @Override
    public void onCaughtUp(Cursor reached) {
        if (!answered && messages.isEmpty()) {
            position = reached;
            if (timeout.isZero()) {
                answer();
            }
        }
    }

    @Override
    public void onPosition(Cursor reached) {
        if (!answered && messages.isEmpty()) {
            position = reached;
        }
    }

    @Override
    public void onEnd(Cursor reached) {
        if (!answered && messages.isEmpty()) {
            position = reached;
        }
        answer();
    }

    private void timeUp() {
        timer = -1;
        if (position == null) {
            end(new AvailabilityError.EventStoreUnavailable());
        } else {
            answer();
        }
    }

    private void answer() {
        Cursor reached = position;
        if (answered || isClosed() || reached == null) {
            return;
        }
        answered = true;
        unsubscribe();
        var json = new JsonBytes(bytes + 128)
                .beginObject()
                .name("cursor")
                .string(loop.cursor(principal, reached))
                .name("messages")
                .beginArray();
        messages.forEach(json::raw);
        json.endArray().name("recovered").bool(reason == null);
        if (reason != null) {
            json.name("reason").string(reason.wireName());
        }
        if (oldest != null) {
            json.name("oldest").string(loop.cursor(principal, oldest));
        }
        request.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .end(BufferInternal.buffer(
                        Unpooled.wrappedBuffer(json.endObject().toByteArray())));
    }

    @Override
    public void onFailure(PlatformError error) {
        end(error);
    }

    @Override
    public void end(PlatformError error) {
        if (answered || isClosed()) {
            return;
        }
        // A node that goes away lets a poll go home with what it has: the client comes back by itself, to another node.
        if (error instanceof ConnectionEnd.ShuttingDown && position != null) {
            answer();
            return;
        }
        answered = true;
        unsubscribe();
        refuse(error);
    }

    @Override
    void onClosed() {
        if (timer >= 0) {
            loop.context().owner().cancelTimer(timer);
        }
        messages.clear();
    }

    @Override
    public long pendingBytes() {
        return bytes;
    }

    @Override
    public void sweep(int now) {
        // A poll has a timer of its own: it lives for seconds, and its end should not be rounded.
    }
}
