package dev.sandpiper.sockets;

import dev.sandpiper.domain.CredentialError;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.protocol.SseEvents;
import dev.sandpiper.protocol.WorkerFrames;
import dev.sandpiper.runtime.events.Consumption;
import dev.sandpiper.runtime.events.ConsumptionListener;
import dev.sandpiper.runtime.events.ConsumptionState;
import io.netty.buffer.Unpooled;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Deliveries of a durable consumer as server-sent events. Workers are few beside subscribers, so their streams stay with Vert.x,
 * over any version of HTTP. What a worker has when its stream ends stays its own until its time is over, because its words
 * come by requests of their own.
 */
final class WorkerEvents extends HttpConnection implements ConsumptionListener {
    private static final long PAUSES_ABOVE = 64 * 1_024;
    private static final long GOES_ON_BELOW = 32 * 1_024;

    private final HttpServerResponse response;
    private final String consumer;
    private final int credit;
    private final List<byte[]> batch = new ArrayList<>();
    private @Nullable Consumption consumption;
    private long pending;
    private int lastWrite;
    private int deadline;
    private boolean started;
    private boolean ending;
    private boolean paused;

    WorkerEvents(
            SocketLoop loop, RoutingContext request, Principal principal, long number, String consumer, int credit) {
        super(loop, request, principal, Transport.SSE, number);
        this.response = request.response();
        this.consumer = consumer;
        this.credit = credit;
    }

    void open() {
        begin();
        try {
            consumption = loop.consumers().consume(principal, consumer, credit, this);
        } catch (PlatformException e) {
            ending = true;
            refuse(e.error());
        }
    }

    @Override
    void letGo() {
        letGo(false);
    }

    private void letGo(boolean giveBack) {
        if (consumption != null) {
            consumption.close(giveBack);
            consumption = null;
        }
    }

    @Override
    public void onOpen(ConsumptionState state) {
        started = true;
        SseHead.put(response);
        response.setChunked(true);
        batch.add(SseEvents.retry(loop.config().retry()));
        add(WorkerFrames.CONSUMING, WorkerFrames.consuming(null, consumer, credit, state.wireName()));
        onBatchEnd();
    }

    @Override
    public void onDelivery(StoredEvent event, String token, int delivery) {
        byte[] bytes = add(
                WorkerFrames.DELIVERY,
                WorkerFrames.delivery(consumer, token, delivery, loop.encoders().json(event)));
        loop.delivered(Transport.SSE, bytes.length);
    }

    @Override
    public void onState(ConsumptionState state) {
        add(WorkerFrames.STATE, WorkerFrames.state(consumer, state.wireName()));
        onBatchEnd();
        if (state == ConsumptionState.DELETED) {
            ending = true;
            consumption = null;
            end(new byte[0]);
        }
    }

    @Override
    public void onFailure(PlatformError error) {
        consumption = null;
        ending = true;
        refuse(error);
    }

    private byte[] add(String type, byte[] frame) {
        byte[] bytes = SseEvents.event(null, type, frame);
        batch.add(bytes);
        return bytes;
    }

    @Override
    public void onBatchEnd() {
        BufferInternal bytes = BufferInternal.buffer(Unpooled.wrappedBuffer(batch.toArray(byte[][]::new)));
        batch.clear();
        write(bytes);
    }

    private void write(BufferInternal bytes) {
        int length = bytes.length();
        pending += length;
        loop.flushed(Transport.SSE);
        lastWrite = loop.now();
        response.write(bytes).onComplete(written -> written(length));
        if (!paused && pending > PAUSES_ABOVE) {
            pause(true);
        }
    }

    private void written(int length) {
        pending -= length;
        if (paused && pending < GOES_ON_BELOW) {
            pause(false);
        }
    }

    private void pause(boolean wanted) {
        paused = wanted;
        if (consumption != null) {
            consumption.pause(wanted);
        }
    }

    @Override
    public void end(PlatformError error) {
        if (ending || isClosed()) {
            return;
        }
        ending = true;
        letGo(error instanceof CredentialError.KeyRevoked);
        if (started) {
            loop.metrics().error(error);
            end(SseEvents.farewell(error));
        } else {
            refuse(error);
        }
    }

    private void end(byte[] last) {
        deadline = loop.now() + (int) loop.config().closeTimeout().toMillis();
        response.end(BufferInternal.buffer(Unpooled.wrappedBuffer(last)));
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
