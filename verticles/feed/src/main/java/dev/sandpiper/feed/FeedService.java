package dev.sandpiper.feed;

import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.auth.Fence;
import dev.sandpiper.runtime.events.Feed;
import dev.sandpiper.runtime.events.FeedListener;
import dev.sandpiper.runtime.events.FeedRequest;
import dev.sandpiper.runtime.events.FeedSubscription;
import dev.sandpiper.runtime.events.HistoryPage;
import dev.sandpiper.runtime.events.HistoryRequest;
import dev.sandpiper.runtime.nats.EventStore;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The node's {@link Feed}: one per node. Start it once the event store is open, close it before the store. */
public final class FeedService implements Feed {
    private final List<LoopTable> loops;
    private final FeedConfig config;
    private final ExecutorService thread;
    private final StoreReader reader;
    private final FeedHub hub;
    private final HistoryReader history;

    private FeedService(Vertx vertx, EventStore store, FeedConfig config, MeterRegistry metrics, Fence fence) {
        FeedMetrics meters = new FeedMetrics(metrics, config.tenantSeries(), store.subjects().stream());
        this.config = config;
        this.thread = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("sandpiper-feed").factory());
        this.reader = new StoreReader(vertx, store, config, meters, fence);
        this.history = new HistoryReader(vertx, store, reader, config);
        this.hub = new FeedHub(vertx, store, config, meters, reader, history, thread, fence);
        this.loops = loops((VertxInternal) vertx, config);
        for (LoopTable loop : loops) {
            meters.queueDepth(loop.number, loop, LoopTable::depth);
        }
    }

    /**
     * Fails with {@code EVENT_STORE_UNAVAILABLE} or the reason why there is no connection for replays.
     *
     * @param fence nothing is delivered while it is up
     */
    public static Future<FeedService> start(
            Vertx vertx, EventStore store, FeedConfig config, MeterRegistry metrics, Fence fence) {
        FeedService service = new FeedService(vertx, store, config, metrics, fence);
        return service.reader
                .start()
                .onSuccess(v -> service.hub.start())
                .map(v -> service)
                .recover(e -> service.close().transform(v -> Future.failedFuture(e)));
    }

    @Override
    public FeedSubscription subscribe(FeedRequest request, FeedListener listener) {
        LoopTable loop = currentLoop();
        int topics = request.topics().size();
        Subscriber subscriber = topics == 1
                ? new Subscriber(hub, loop, listener)
                : new MergedSubscriber(hub, loop, listener, topics, config);
        hub.subscriptions().open(request, subscriber);
        return subscriber;
    }

    @Override
    public Future<HistoryPage> history(HistoryRequest request) {
        return history.read(request);
    }

    /** Succeeds while nothing that may have been missed is still being looked for: for readiness. */
    public Future<Void> caughtUp() {
        return hub.caughtUp();
    }

    /** Ends a tenant's subscriptions with {@code STREAM_MOVED}. */
    public void end(TenantId tenant) {
        hub.end(tenant);
    }

    /** Ends every subscription with {@code SHUTTING_DOWN}. */
    public Future<Void> close() {
        hub.close();
        return reader.close().eventually(() -> {
            thread.shutdown();
            return Future.succeededFuture();
        });
    }

    private LoopTable currentLoop() {
        for (LoopTable loop : loops) {
            if (loop.eventLoop.inEventLoop()) {
                return loop;
            }
        }
        throw new IllegalStateException("subscribe on an event loop");
    }

    private static List<LoopTable> loops(VertxInternal vertx, FeedConfig config) {
        List<LoopTable> tables = new ArrayList<>();
        for (EventExecutor executor : vertx.nettyEventLoopGroup()) {
            EventLoop eventLoop = (EventLoop) executor;
            ContextInternal context =
                    vertx.contextBuilder().withEventLoop(eventLoop).build();
            tables.add(new LoopTable(tables.size(), eventLoop, context, config));
        }
        return List.copyOf(tables);
    }
}
