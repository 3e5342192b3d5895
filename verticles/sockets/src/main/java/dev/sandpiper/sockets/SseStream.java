package dev.sandpiper.sockets;

import dev.sandpiper.domain.ConnectionEnd;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.domain.Topic;
import dev.sandpiper.protocol.SseEvents;
import dev.sandpiper.runtime.events.FeedOpening;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;

/** One stream of server-sent events over HTTP/2: a stream among others of its connection, which stays with Vert.x. */
final class SseStream extends FeedConnection {
    private static final long REPLAY_WAITS_ABOVE = 64 * 1_024;
    private static final long REPLAY_GOES_ON_BELOW = 32 * 1_024;

    private final HttpServerResponse response;
    private final List<Topic> topics;
    private final List<byte[]> batch = new ArrayList<>(1);
    private long pending;
    private int batchBytes;
    private int lastWrite;
    private int deadline;
    private boolean started;
    private boolean ending;
    private boolean replayPaused;
    private boolean live;
    /** Bytes that waited when old events were last replayed; live ones may come on top. */
    private long replayed;

    SseStream(SocketLoop loop, RoutingContext request, Principal principal, long number, List<Topic> topics) {
        super(loop, request, principal, Transport.SSE, number);
        this.response = request.response();
        this.topics = topics;
    }

    @Override
    public void onOpen(FeedOpening opening) {
        started = true;
        SseHead.put(response);
        add(SseEvents.retry(loop.config().retry()));
        add(SseHead.subscribed(topics, opening, cursor -> loop.cursor(principal, cursor)));
        onBatchEnd();
    }

    @Override
    public void onEvent(StoredEvent event) {
        if (ending) {
            return;
        }
        byte[] bytes = loop.encoders().sse(event);
        if (!live) {
            // How many old events come is up to us, so they are no reason to close.
            replayed = pending + batchBytes + bytes.length;
        } else if (pending > 0
                && pending + batchBytes + bytes.length
                        > replayed + loop.config().maxPendingBytes()) {
            loop.metrics().slowClose(Transport.SSE);
            // What is not written yet was not handed over: the client resumes after what it has read.
            batch.clear();
            batchBytes = 0;
            end(new ConnectionEnd.SlowConsumer(""));
            return;
        }
        add(bytes);
        loop.delivered(Transport.SSE, bytes.length);
    }

    private void add(byte[] bytes) {
        batch.add(bytes);
        batchBytes += bytes.length;
    }

    @Override
    public void onBatchEnd() {
        if (!batch.isEmpty()) {
            ByteBuf bytes = batch.size() == 1
                    ? Unpooled.wrappedBuffer(batch.getFirst())
                    : Unpooled.wrappedBuffer(batch.size(), batch.toArray(byte[][]::new));
            batch.clear();
            batchBytes = 0;
            write(BufferInternal.buffer(bytes));
        }
    }

    private void write(Buffer bytes) {
        int length = bytes.length();
        pending += length;
        loop.flushed(Transport.SSE);
        lastWrite = loop.now();
        response.write(bytes).onComplete(written -> written(length));
        if (!replayPaused && pending > REPLAY_WAITS_ABOVE) {
            replayPaused = true;
            pauseReplay(true);
        }
    }

    private void written(int length) {
        pending -= length;
        if (pending < REPLAY_GOES_ON_BELOW) {
            replayed = 0;
            if (replayPaused) {
                replayPaused = false;
                pauseReplay(false);
            }
        }
    }

    @Override
    public void onCaughtUp(Cursor position) {
        live = true;
    }

    @Override
    public void onPosition(Cursor position) {
        if (!ending) {
            add(SseHead.position(loop.cursor(principal, position)));
            onBatchEnd();
        }
    }

    @Override
    public void onEnd(Cursor position) {
        if (ending || isClosed()) {
            return;
        }
        ending = true;
        unsubscribe();
        onBatchEnd();
        deadline = loop.now() + (int) loop.config().closeTimeout().toMillis();
        response.end(Buffer.buffer(SseHead.end(loop.cursor(principal, position))));
    }

    @Override
    public void onFailure(PlatformError error) {
        if (started) {
            end(error);
        } else {
            refuse(error);
        }
    }

    @Override
    public void end(PlatformError error) {
        if (ending || isClosed()) {
            return;
        }
        ending = true;
        unsubscribe();
        if (!started) {
            refuse(error);
            return;
        }
        onBatchEnd();
        loop.metrics().error(error);
        deadline = loop.now() + (int) loop.config().closeTimeout().toMillis();
        response.end(Buffer.buffer(SseEvents.farewell(error)));
    }

    @Override
    public long pendingBytes() {
        return pending;
    }

    @Override
    public void sweep(int now) {
        if (ending) {
            if (now - deadline >= 0) {
                cut();
            }
        } else if (started && now - lastWrite >= loop.config().commentInterval().toMillis()) {
            write(BufferInternal.buffer(Unpooled.wrappedBuffer(SseEvents.comment())));
        }
    }
}
