package dev.sandpiper.feed;

import dev.sandpiper.runtime.events.HistoryPage;
import dev.sandpiper.runtime.events.HistoryRequest;
import dev.sandpiper.runtime.nats.EventStore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;

/** Reads pages of the past. Each call stands for itself; everything of one call runs on its caller's context. */
final class HistoryReader {
    /** Bulk reads wait for their turn beside all replays. */
    private static final Duration BULK_TIMEOUT = Duration.ofSeconds(30);

    private final Vertx vertx;
    private final EventStore store;
    private final StoreReader reader;
    private final FeedConfig config;

    HistoryReader(Vertx vertx, EventStore store, StoreReader reader, FeedConfig config) {
        this.vertx = vertx;
        this.store = store;
        this.reader = reader;
        this.config = config;
    }

    /**
     * Fails with {@code EVENT_STORE_UNAVAILABLE} when the store does not answer in time, and with {@code INVALID_CURSOR} when the
     * upper bound is of another stream.
     */
    Future<HistoryPage> read(HistoryRequest request) {
        ContextInternal context = (ContextInternal) vertx.getOrCreateContext();
        Promise<HistoryPage> answer = context.promise();
        Duration timeout = request.bulk() ? BULK_TIMEOUT : config.openTimeout();
        long timer = vertx.setTimer(timeout.toMillis(), id -> answer.tryFail(StoreReader.unavailable(null)));
        new HistoryReading(request, timeout, context, store, reader, config)
                .run()
                .onComplete(result -> {
                    vertx.cancelTimer(timer);
                    if (result.succeeded()) {
                        answer.tryComplete(result.result());
                    } else {
                        answer.tryFail(result.cause());
                    }
                });
        return answer.future();
    }
}
