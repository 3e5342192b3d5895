package dev.sandpiper.http;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.protocol.ErrorMapping;
import dev.sandpiper.runtime.events.EndPosition;
import dev.sandpiper.runtime.events.EventFilter;
import dev.sandpiper.runtime.events.Feed;
import dev.sandpiper.runtime.events.HistoryPage;
import dev.sandpiper.runtime.events.HistoryRequest;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One export while it runs: reads a page, writes it, waits until the client has taken it, reads the next. So what it holds does not
 * depend on how many events there are. Used on its event loop only.
 */
final class Export {
    private static final int PAGE_EVENTS = 256;
    private static final int ATTEMPTS = 10;
    private static final long RETRY_MILLIS = 500;

    private final Exchange exchange;
    private final HttpServerResponse response;
    private final Context context;
    private final Feed feed;
    private final HistoryQuery query;
    private final @Nullable EventFilter filter;
    private final ExportLines lines;
    private final Duration patience;
    private final Promise<Void> done = Promise.promise();
    private @Nullable EndPosition end;
    private @Nullable Cursor position;
    private int failures;

    Export(Exchange exchange, Feed feed, HistoryQuery query, @Nullable EventFilter filter, ExportLines lines) {
        this.exchange = exchange;
        this.response = exchange.request().response();
        this.context = exchange.front().context();
        this.feed = feed;
        this.query = query;
        this.filter = filter;
        this.lines = lines;
        this.patience = exchange.front().config.idleTimeout();
        this.position = query.since();
    }

    /** Completes when all is written or the client is gone; fails when the store is out of reach for long. */
    Future<Void> run() {
        findEnd()
                .onSuccess(found -> {
                    end = found;
                    next();
                })
                .onFailure(done::fail);
        return done.future();
    }

    /** What is published meanwhile is not a part of it, or an export of a busy topic would never end. */
    private Future<EndPosition> findEnd() {
        EndPosition until = query.until();
        if (until != null) {
            return Future.succeededFuture(until);
        }
        var newest = new HistoryRequest(
                query.principal().tenant(),
                query.principal().project(),
                query.topics(),
                null,
                null,
                null,
                null,
                true,
                1,
                false);
        return feed.history(newest)
                .map(page -> new EndPosition.Through(page.opening().cursor()));
    }

    /** Not a chain of futures, each of which would hold its page until the last one is written. */
    private void next() {
        page().onSuccess(this::send).onFailure(done::tryFail);
    }

    private void send(HistoryPage page) {
        failures = 0;
        position = page.next();
        boolean more = page.more();
        context.executeBlocking(() -> lines.add(page), false)
                .compose(made -> write(lines.take(), more))
                .onSuccess(open -> {
                    if (open && more) {
                        next();
                    } else {
                        done.tryComplete();
                    }
                })
                .onFailure(done::tryFail);
    }

    private Future<HistoryPage> page() {
        return feed.history(query.bulk(filter, position, end, PAGE_EVENTS)).recover(failure -> {
            boolean again = failure instanceof PlatformException known
                    && ErrorMapping.of(known.error()).retryable()
                    && response.headWritten()
                    && ++failures < ATTEMPTS
                    && !response.closed();
            return again ? later().compose(v -> page()) : Future.failedFuture(failure);
        });
    }

    private Future<Void> later() {
        Promise<Void> promise = Promise.promise();
        context.owner().setTimer(RETRY_MILLIS, id -> promise.complete());
        return promise.future();
    }

    /**
     * Completes when the client has taken it; with false when nobody reads any more, or not within the time that a connection may be
     * idle. It is not enough to ask whether the response's queue is full: that counts writes, each of which is a page here.
     */
    private Future<Boolean> write(Buffer bytes, boolean more) {
        if (response.closed()) {
            return Future.succeededFuture(false);
        }
        if (!response.headWritten()) {
            putHead();
        }
        Future<Void> written = more ? response.write(bytes) : response.end(bytes);
        return written.timeout(patience.toMillis(), TimeUnit.MILLISECONDS).transform(result -> {
            if (result.failed()) {
                // The client tells from the end of the connection that this is not the end of the export.
                response.reset();
            }
            return Future.succeededFuture(result.succeeded());
        });
    }

    private void putHead() {
        response.setStatusCode(200)
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/x-ndjson")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .putHeader(HttpHeaders.VARY, "Accept-Encoding")
                .setChunked(true);
        if (lines.coding() != ContentCoding.IDENTITY) {
            response.putHeader(HttpHeaders.CONTENT_ENCODING, lines.coding().token());
        }
    }
}
