package dev.sandpiper.sockets;

import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.protocol.WorkerFrames;
import dev.sandpiper.runtime.events.Consumption;
import dev.sandpiper.runtime.events.ConsumptionListener;
import dev.sandpiper.runtime.events.ConsumptionState;
import org.jspecify.annotations.Nullable;

/** One consumer that the worker on a connection works for. */
final class WebSocketConsumption implements ConsumptionListener {
    private final SocketLoop loop;
    private final WebSocketConnection connection;
    private final String consumer;
    private final int credit;

    /** Of the frame that asked for it; forgotten once it is answered. */
    private @Nullable String id;

    private @Nullable Consumption source;

    WebSocketConsumption(
            SocketLoop loop, WebSocketConnection connection, String consumer, int credit, @Nullable String id) {
        this.loop = loop;
        this.connection = connection;
        this.consumer = consumer;
        this.credit = credit;
        this.id = id;
    }

    String consumer() {
        return consumer;
    }

    void source(Consumption consumption) {
        source = consumption;
    }

    void pause(boolean paused) {
        if (source != null) {
            source.pause(paused);
        }
    }

    void close(boolean giveBack) {
        if (source != null) {
            source.close(giveBack);
            source = null;
        }
    }

    @Override
    public void onOpen(ConsumptionState state) {
        connection.sendSoon(WorkerFrames.consuming(id, consumer, credit, state.wireName()));
        id = null;
    }

    @Override
    public void onDelivery(StoredEvent event, String token, int delivery) {
        connection.deliverWork(
                event,
                WorkerFrames.delivery(consumer, token, delivery, loop.encoders().json(event)));
    }

    @Override
    public void onBatchEnd() {
        connection.flush();
    }

    @Override
    public void onState(ConsumptionState state) {
        if (state == ConsumptionState.DELETED) {
            connection.remove(this);
        }
        connection.sendSoon(WorkerFrames.state(consumer, state.wireName()));
    }

    @Override
    public void onFailure(PlatformError error) {
        connection.remove(this);
        connection.fail(id, consumer, null, error);
    }
}
