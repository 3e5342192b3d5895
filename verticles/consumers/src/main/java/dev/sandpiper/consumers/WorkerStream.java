package dev.sandpiper.consumers;

import dev.sandpiper.consumers.Fetching.Fetched;
import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.runtime.events.Consumption;
import dev.sandpiper.runtime.events.ConsumptionListener;
import dev.sandpiper.runtime.events.ConsumptionState;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One worker's deliveries: fetches again and again, as many events as the worker has room for. One round is under way at a time, and
 * each looks the consumer up, so that whatever its owner does is in force, and told, within a second. Everything happens
 * on the event loop that made it; only {@link #settled} comes from anywhere.
 */
final class WorkerStream implements Consumption {
    private static final Logger log = LoggerFactory.getLogger(WorkerStream.class);
    private static final long NO_TIMER = -1;

    /** Between two rounds without a delivery. */
    private static final long PAUSE_MILLIS = 50;

    /** Between two rounds when nothing can be delivered, and at most between two looks at deliveries that may have ended. */
    private static final long REST_MILLIS = 1_000;

    private final Vertx vertx;
    private final Context home;
    private final ConsumerService consumers;
    private final Principal who;
    private final String name;
    private final int credit;
    private final ConsumptionListener listener;

    /** Deliveries that may be with the worker still. Of an event that was delivered again, the newer one counts. */
    private final Map<Cursor, Claim> held = new HashMap<>();

    private @Nullable Consumer consumer;
    private @Nullable ConsumptionState state;
    private long timer = NO_TIMER;
    private long patience = PAUSE_MILLIS;
    private boolean busy;
    private boolean paused;
    private boolean closed;
    private boolean leaving;

    WorkerStream(
            Vertx vertx,
            ConsumerService consumers,
            Principal who,
            String name,
            int credit,
            ConsumptionListener listener) {
        this.vertx = vertx;
        this.home = vertx.getOrCreateContext();
        this.consumers = consumers;
        this.who = who;
        this.name = name;
        this.credit = credit;
        this.listener = listener;
    }

    /** Once. The listener hears of it later, never before this returns. */
    void open() {
        busy = true;
        home.runOnContext(v -> look());
    }

    @Override
    public void pause(boolean wanted) {
        if (paused != wanted) {
            paused = wanted;
            if (!wanted) {
                home.runOnContext(v -> go());
            }
        }
    }

    @Override
    public void close(boolean giveBack) {
        if (closed) {
            return;
        }
        end();
        if (giveBack) {
            // Whoever closes may be a channel that is none of this event loop's Vert.x contexts.
            home.runOnContext(v -> {
                leaving = true;
                giveBack();
            });
        } else {
            held.clear();
        }
    }

    /** Not while a fetch is under way, which would get the same events again. */
    private void giveBack() {
        Consumer of = consumer;
        if (leaving && !busy && of != null) {
            consumers.giveBack(of, List.copyOf(held.values()));
            held.clear();
        }
    }

    private void end() {
        closed = true;
        cancelTimer();
        Consumer of = consumer;
        if (of != null) {
            consumers.streams().remove(of.durable(), this);
        }
    }

    /** For any thread. */
    void settled(List<Claim> claims) {
        home.runOnContext(v -> {
            boolean room = false;
            for (Claim claim : claims) {
                Claim mine = held.get(claim.source());
                if (mine != null && mine.fence() == claim.fence()) {
                    held.remove(claim.source());
                    room = true;
                }
            }
            if (room) {
                patience = PAUSE_MILLIS;
                go();
            }
        });
    }

    private void go() {
        if (closed || busy || paused) {
            return;
        }
        cancelTimer();
        busy = true;
        int room = credit - held.size();
        if (room > 0) {
            fetch(room);
        } else {
            look();
        }
    }

    private void fetch(int room) {
        consumers.round(who, name, room).onComplete(result -> {
            busy = false;
            if (closed) {
                giveBack();
                if (result.succeeded()) {
                    consumers.giveBack(result.result());
                }
            } else if (result.failed()) {
                failed(result.cause());
            } else {
                fetched(result.result());
            }
        });
    }

    private void fetched(Fetched fetched) {
        seen(fetched.consumer());
        if (fetched.paused()) {
            later(REST_MILLIS);
            return;
        }
        if (fetched.deliveries().isEmpty()) {
            later(PAUSE_MILLIS);
            return;
        }
        patience = PAUSE_MILLIS;
        for (Delivery delivery : fetched.deliveries()) {
            held.put(delivery.claim().source(), delivery.claim());
            listener.onDelivery(
                    delivery.event(), delivery.token(), delivery.claim().delivery());
        }
        listener.onBatchEnd();
        go();
    }

    /** Finds out what the consumer is, and which deliveries are over that ended on another node or by themselves. */
    private void look() {
        consumers.standing(who, name, List.copyOf(held.values())).onComplete(result -> {
            busy = false;
            if (closed) {
                giveBack();
            } else if (result.failed()) {
                failed(result.cause());
            } else {
                held.keySet().retainAll(result.result().open());
                seen(result.result().consumer());
                if (held.size() < credit) {
                    go();
                } else {
                    patience = Math.min(2 * patience, REST_MILLIS);
                    later(patience);
                }
            }
        });
    }

    private void seen(Consumer now) {
        Consumer before = consumer;
        consumer = now;
        if (before == null) {
            consumers.streams().add(now.durable(), this);
        } else if (!before.durable().equals(now.durable())) {
            consumers.streams().remove(before.durable(), this);
            consumers.streams().add(now.durable(), this);
            held.clear();
            listener.onState(ConsumptionState.RESET);
        }
        say(now.paused() ? ConsumptionState.PAUSED : ConsumptionState.ACTIVE);
    }

    private void say(ConsumptionState now) {
        if (state == null) {
            state = now;
            listener.onOpen(now);
        } else if (state != now) {
            state = now;
            listener.onState(now);
        }
    }

    private void failed(Throwable failure) {
        PlatformError error = error(failure);
        if (state == null) {
            end();
            listener.onFailure(error);
        } else if (error instanceof ConflictError.ResourceNotFound) {
            end();
            held.clear();
            listener.onState(ConsumptionState.DELETED);
        } else {
            say(ConsumptionState.INTERRUPTED);
            later(REST_MILLIS);
        }
    }

    private PlatformError error(Throwable failure) {
        if (failure instanceof PlatformException known) {
            return known.error();
        }
        log.atError()
                .setCause(failure)
                .addKeyValue("tenant", who.tenant())
                .addKeyValue("project", who.project())
                .addKeyValue("consumer", name)
                .log("A worker's stream was interrupted");
        return new AvailabilityError.Internal();
    }

    private void later(long millis) {
        timer = vertx.setTimer(millis, id -> {
            timer = NO_TIMER;
            go();
        });
    }

    private void cancelTimer() {
        if (timer != NO_TIMER) {
            vertx.cancelTimer(timer);
            timer = NO_TIMER;
        }
    }
}
