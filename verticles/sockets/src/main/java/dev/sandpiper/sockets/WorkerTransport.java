package dev.sandpiper.sockets;

import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.protocol.ClientFrame;
import dev.sandpiper.runtime.events.Consumers;
import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.util.Objects;
import java.util.Set;

/** Opens streams of deliveries: {@code GET /consumers/{name}/stream?credit=}. */
final class WorkerTransport implements Handler<RoutingContext> {
    private static final Set<String> PARAMETERS = Set.of("credit", "ticket");

    private final SocketLoop loop;

    WorkerTransport(SocketLoop loop) {
        this.loop = loop;
    }

    @Override
    public void handle(RoutingContext request) {
        loop.routes().endsItself(request);
        loop.routes().authenticate(request, Scope.EVENTS_SUBSCRIBE).onComplete(result -> {
            try {
                if (result.failed()) {
                    loop.refuse(request, result.cause());
                } else if (!request.response().closed()) {
                    open(request, result.result());
                }
            } catch (PlatformException e) {
                loop.refuse(request, e);
            }
        });
    }

    private void open(RoutingContext request, Principal principal) {
        int credit = StreamQuery.of(request.request(), PARAMETERS)
                .wholeNumber("credit", Consumers.DEFAULT_CREDIT, 1, ClientFrame.MAX_CREDIT);
        String consumer = Objects.requireNonNullElse(request.pathParam("name"), "");
        long number = loop.connections().open(Transport.SSE);
        new WorkerEvents(loop, request, principal, number, consumer, credit).open();
    }
}
