package dev.sandpiper.http;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.CursorCodec;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.protocol.EventEncoders;
import dev.sandpiper.runtime.events.Feed;
import dev.sandpiper.runtime.http.QueryParameters;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** {@code GET /export?topic=&since=&from=&until=&filter=&format=ndjson}: all of them, as lines of JSON. */
final class ExportHandler implements Handler<Exchange> {
    private static final Set<String> PARAMETERS = Set.of("topic", "since", "from", "until", "filter", "format");

    /** Each takes its time with the store: more of them would only be slower. */
    private static final int MAX_PER_TENANT = 4;

    private static final Duration LATER = Duration.ofSeconds(5);

    private final Feed feed;
    private final CursorCodec cursors;
    private final FilterCompiler filters;
    private final EventEncoders encoders;
    private final Map<TenantId, Integer> running = new ConcurrentHashMap<>();

    ExportHandler(Feed feed, CursorCodec cursors, FilterCompiler filters) {
        this.feed = feed;
        this.cursors = cursors;
        this.filters = filters;
        this.encoders = new EventEncoders(cursors);
    }

    @Override
    public void handle(Exchange exchange) {
        exchange.authenticate(Scope.EVENTS_SUBSCRIBE)
                .compose(principal -> export(exchange, principal))
                .onFailure(exchange::fail);
    }

    private Future<Void> export(Exchange exchange, Principal principal) {
        QueryParameters query = exchange.query();
        query.requireOnly(PARAMETERS);
        String format = query.get("format");
        if (format != null && !format.equals("ndjson")) {
            throw HistoryQuery.invalid("format", "must be ndjson");
        }
        HistoryQuery asked = HistoryQuery.of(principal, query, cursors);
        return filters.compile(exchange, asked.filter()).compose(filter -> {
            begin(principal.tenant());
            var lines = new ExportLines(encoders, cursors, principal, coding(exchange));
            return new Export(exchange, feed, asked, filter, lines).run().onComplete(end -> {
                lines.close();
                ended(principal.tenant());
            });
        });
    }

    private void begin(TenantId tenant) {
        Integer now = running.merge(tenant, 1, Integer::sum);
        if (now != null && now > MAX_PER_TENANT) {
            ended(tenant);
            throw new PlatformException(new AvailabilityError.ServerBusy(LATER));
        }
    }

    private void ended(TenantId tenant) {
        running.computeIfPresent(tenant, (t, count) -> count > 1 ? count - 1 : null);
    }

    private static ContentCoding coding(Exchange exchange) {
        return ContentCoding.of(exchange.request().headers().get(HttpHeaders.ACCEPT_ENCODING));
    }
}
