package dev.sandpiper.audit;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One export while it runs: reads a page, writes it, waits until the client has taken it, reads the next. */
final class TrailExport {
    private static final int PAGE = 200;
    private static final long PATIENCE_SECONDS = 60;

    private final AuditService service;
    private final String chain;
    private final HttpServerResponse response;
    private final Promise<Void> done = Promise.promise();
    private long entries;
    private long after;
    private long end;

    TrailExport(AuditService service, String chain, HttpServerResponse response) {
        this.service = service;
        this.chain = chain;
        this.response = response;
    }

    /** Completes when all is written or the client is gone. */
    Future<Void> run() {
        service.vouch(chain)
                .compose(checkpoints -> service.trail().head(chain).compose(head -> begin(head, checkpoints)))
                .onSuccess(begun -> next())
                .onFailure(done::tryFail);
        return done.future();
    }

    private Future<Void> begin(TrailStore.@Nullable Head head, List<Checkpoint> checkpoints) {
        ChainVerifier.Start sealed = head == null ? null : head.sealed();
        after = sealed == null ? 0 : sealed.seq();
        end = head == null ? 0 : head.seq();
        Buffer lines = Buffer.buffer();
        line(lines, ExportLines.head(chain, sealed, service.keys().known(), Instant.now()));
        // Entries that come while this is written are not a part of it, and neither is what vouches for them.
        checkpoints.forEach(one -> line(lines, ExportLines.checkpoint(one)));
        response.headers()
                .set(HttpHeaders.CONTENT_TYPE, "application/x-ndjson")
                .set(HttpHeaders.CACHE_CONTROL, "no-store");
        response.setChunked(true);
        return response.write(lines);
    }

    /** Not a chain of futures, each of which would hold its page until the last one is written. */
    private void next() {
        if (after >= end) {
            finish();
            return;
        }
        service.trail()
                .read(chain, after, PAGE)
                .compose(this::write)
                .onSuccess(more -> {
                    if (more) {
                        next();
                    } else {
                        finish();
                    }
                })
                .onFailure(e -> {
                    // The client tells from the end of the connection that this is not the whole export.
                    response.reset();
                    done.tryComplete();
                });
    }

    private Future<Boolean> write(List<ChainEntry> page) {
        Buffer lines = Buffer.buffer();
        for (ChainEntry entry : page) {
            if (entry.seq() <= end) {
                line(lines, ExportLines.entry(entry));
                entries++;
                after = entry.seq();
            }
        }
        return page.isEmpty() || lines.length() == 0
                ? Future.succeededFuture(false)
                : response.write(lines)
                        .timeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                        .map(true);
    }

    private void finish() {
        Buffer last = Buffer.buffer();
        line(last, ExportLines.end(entries, after));
        response.end(last).onComplete(ended -> done.tryComplete());
    }

    private static void line(Buffer lines, JsonObject json) {
        lines.appendBuffer(json.toBuffer()).appendByte((byte) '\n');
    }
}
