package dev.sandpiper.http;

import dev.sandpiper.domain.CredentialError;
import dev.sandpiper.domain.CursorCodec;
import dev.sandpiper.protocol.JsonBytes;
import dev.sandpiper.runtime.auth.Authenticator;
import dev.sandpiper.runtime.events.EventFilters;
import dev.sandpiper.runtime.events.Feed;
import dev.sandpiper.runtime.events.Publisher;
import dev.sandpiper.runtime.events.Schedules;
import dev.sandpiper.runtime.events.Transactions;
import dev.sandpiper.runtime.http.QueryParameters;
import dev.sandpiper.runtime.http.RouteContext;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;

/** The events API over REST, tickets, and the version. */
public final class EventRoutes implements DirectRoutes {
    private final Authenticator authenticator;
    private final PublishHandler publish;
    private final BatchHandler batch;
    private final TransactionHandler transaction;
    private final HistoryHandler history;
    private final ExportHandler export;
    private final byte[] version;

    /** @param version of the software, as {@code GET /version} tells it */
    public EventRoutes(
            Publisher publisher,
            Transactions transactions,
            Schedules schedules,
            Feed feed,
            EventFilters filters,
            CursorCodec cursors,
            Authenticator authenticator,
            String version) {
        this.authenticator = authenticator;
        this.publish = new PublishHandler(publisher, schedules, cursors);
        this.transaction = new TransactionHandler(transactions, cursors);
        this.batch = new BatchHandler(publisher, cursors);
        var compiler = new FilterCompiler(filters);
        this.history = new HistoryHandler(feed, cursors, compiler);
        this.export = new ExportHandler(feed, cursors, compiler);
        this.version = new JsonBytes(96)
                .beginObject()
                .name("name")
                .string("sandpiper")
                .name("version")
                .string(version)
                .name("api")
                .string("v1")
                .endObject()
                .toByteArray();
    }

    @Override
    public void mount(Router router, RouteContext context) {
        route(router, HttpMethod.POST, PublishHandler.ROUTE, publish);
        route(router, HttpMethod.POST, "/events/batch", batch);
        route(router, HttpMethod.POST, "/events/transaction", transaction);
        route(router, HttpMethod.GET, "/events", history);
        route(router, HttpMethod.GET, "/export", export);
        route(router, HttpMethod.POST, "/tickets", this::ticket);
        route(router, HttpMethod.GET, "/version", exchange -> exchange.answerJson(200, version));
    }

    @Override
    public Map<String, Handler<Exchange>> direct(RouteContext context) {
        return Map.of(PublishHandler.ROUTE, publish);
    }

    private static void route(Router router, HttpMethod method, String path, Handler<Exchange> handler) {
        router.route(method, path).handler((RoutingContext request) -> {
            Exchange exchange = Exchange.of(request);
            exchange.route(path);
            handler.handle(exchange);
        });
    }

    private void ticket(Exchange exchange) {
        if (exchange.hasQuery() && exchange.query().get(QueryParameters.TICKET) != null) {
            // A ticket that buys a ticket would live for ever.
            exchange.fail(new CredentialError.MissingCredentials());
            return;
        }
        exchange.authenticate(null)
                .compose(authenticator::issueTicket)
                .onComplete(ticket -> exchange.answerJson(201, ticketJson(ticket)), exchange::fail);
    }

    private byte[] ticketJson(String ticket) {
        return new JsonBytes(96)
                .beginObject()
                .name("ticket")
                .string(ticket)
                .name("expires_in")
                .number(authenticator.ticketLifetime().toSeconds())
                .endObject()
                .toByteArray();
    }
}
