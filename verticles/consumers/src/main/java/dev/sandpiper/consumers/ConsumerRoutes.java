package dev.sandpiper.consumers;

import dev.sandpiper.domain.CursorCodec;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.protocol.PayloadLimit;
import dev.sandpiper.protocol.StrictJson;
import dev.sandpiper.runtime.audit.AuditOrigin;
import dev.sandpiper.runtime.events.StartPosition;
import dev.sandpiper.runtime.http.QueryParameters;
import dev.sandpiper.runtime.http.RouteContext;
import dev.sandpiper.runtime.http.Routes;
import io.vertx.core.Future;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Durable consumers over REST. Workers need {@code events:subscribe}; whoever makes, changes or deletes a consumer needs {@code
 * admin:write}, and whoever looks at it one of {@code admin:read} and {@code events:subscribe}.
 */
public final class ConsumerRoutes implements Routes {
    private static final Logger log = LoggerFactory.getLogger(ConsumerRoutes.class);
    private static final String PATH = "/consumers";
    private static final String ONE = PATH + "/:name";
    private static final int MAX_BODY = 64 * 1_024;

    /** Of a word with events to publish. */
    private static final int MAX_OUTPUTS = 8 << 20;

    private static final int DEFAULT_LIMIT = 50;
    private static final int MAX_LIMIT = 500;

    private final ConsumerService consumers;
    private final CursorCodec cursors;
    private final PayloadLimit payload;
    private final ConsumerJson json;

    /** @param payload how large an event may be that is published with an acknowledgement */
    public ConsumerRoutes(ConsumerService consumers, CursorCodec cursors, PayloadLimit payload) {
        this.consumers = consumers;
        this.cursors = cursors;
        this.payload = payload;
        this.json = new ConsumerJson(cursors);
    }

    @Override
    public void mount(Router router, RouteContext context) {
        router.post(PATH).handler(request -> create(request, context));
        router.get(PATH).handler(request -> list(request, context));
        router.get(ONE).handler(request -> look(request, context));
        router.delete(ONE).handler(request -> delete(request, context));
        router.post(ONE + "/pause").handler(request -> pause(request, context, true));
        router.post(ONE + "/resume").handler(request -> pause(request, context, false));
        router.post(ONE + "/reset").handler(request -> reset(request, context));
        router.post(ONE + "/fetch").handler(request -> fetch(request, context));
        word(router, context, "/ack", Set.of("publish"), this::acknowledge);
        word(
                router,
                context,
                "/nack",
                Set.of("delay"),
                (who, name, body) -> consumers.refuse(who, name, body.tokens(), body.delay()));
        word(
                router,
                context,
                "/term",
                Set.of("reason"),
                (who, name, body) ->
                        consumers.decide(who, name, body.tokens(), DeliveryLedger.Kind.TERM, body.reason(), null));
        word(
                router,
                context,
                "/in_progress",
                Set.of(),
                (who, name, body) -> consumers.prolong(who, name, body.tokens()));
    }

    private void create(RoutingContext request, RouteContext context) {
        changing(request, context)
                .compose(who -> {
                    QueryParameters.requireNone(request);
                    return context.json(request, MAX_BODY).compose(body -> {
                        NewConsumerBody wanted = NewConsumerBody.parse(body, who, cursors);
                        return consumers.create(
                                who, wanted.spec(), wanted.start(), AuditOrigin.of(who, request, context));
                    });
                })
                .onSuccess(made -> audit(request, context, "created", made.consumer()))
                .onComplete(
                        made -> context.answer(request, 201, json.one(made)),
                        failure -> context.fail(request, failure));
    }

    private void list(RoutingContext request, RouteContext context) {
        looking(request, context)
                .compose(who -> {
                    QueryParameters query = QueryParameters.of(request, Set.of("limit", "after"));
                    String after = query.get("after");
                    if (after != null) {
                        ConsumerSpec.requireName(after);
                    }
                    return consumers.list(who, query.number("limit", DEFAULT_LIMIT, MAX_LIMIT), after);
                })
                .compose(page -> consumers.describe(page.items()).map(items -> json.page(items, page.next())))
                .onComplete(page -> context.answer(request, 200, page), failure -> context.fail(request, failure));
    }

    private void look(RoutingContext request, RouteContext context) {
        looking(request, context)
                .compose(who -> {
                    QueryParameters.requireNone(request);
                    return consumers.find(who, name(request));
                })
                .onComplete(
                        found -> context.answer(request, 200, json.one(found)),
                        failure -> context.fail(request, failure));
    }

    private void delete(RoutingContext request, RouteContext context) {
        changing(request, context)
                .compose(who -> {
                    QueryParameters.requireNone(request);
                    return consumers
                            .delete(who, name(request), AuditOrigin.of(who, request, context))
                            .onSuccess(gone -> log.atInfo()
                                    .addKeyValue("request_id", context.requestId(request))
                                    .addKeyValue("tenant", who.tenant())
                                    .addKeyValue("project", who.project())
                                    .addKeyValue("consumer", name(request))
                                    .log("A consumer was deleted"));
                })
                .onComplete(gone -> context.answer(request, 204, null), failure -> context.fail(request, failure));
    }

    private void pause(RoutingContext request, RouteContext context, boolean paused) {
        changing(request, context)
                .compose(who -> {
                    QueryParameters.requireNone(request);
                    return consumers.setPaused(who, name(request), paused, AuditOrigin.of(who, request, context));
                })
                .onSuccess(changed -> audit(request, context, paused ? "paused" : "resumed", changed.consumer()))
                .onComplete(
                        changed -> context.answer(request, 200, json.one(changed)),
                        failure -> context.fail(request, failure));
    }

    private void reset(RoutingContext request, RouteContext context) {
        changing(request, context)
                .compose(who -> {
                    QueryParameters.requireNone(request);
                    return context.json(request, MAX_BODY)
                            .compose(body -> consumers.reset(
                                    who, name(request), position(body, who), AuditOrigin.of(who, request, context)));
                })
                .onSuccess(changed -> audit(request, context, "reset", changed.consumer()))
                .onComplete(
                        changed -> context.answer(request, 200, json.one(changed)),
                        failure -> context.fail(request, failure));
    }

    private StartPosition position(byte[] body, Principal who) {
        try (StrictJson document = StrictJson.read(body, 0, body.length)) {
            document.beginObject();
            StartPosition start = NewConsumerBody.position(document, who, cursors);
            document.end();
            if (start == null) {
                throw Members.fault("cursor", "or time is required");
            }
            return start;
        }
    }

    private void fetch(RoutingContext request, RouteContext context) {
        context.authenticate(request, Scope.EVENTS_SUBSCRIBE)
                .compose(who -> {
                    QueryParameters.requireNone(request);
                    return context.json(request, MAX_BODY).compose(body -> {
                        FetchBody wanted = FetchBody.parse(body);
                        return consumers.fetch(
                                who, name(request), wanted.batch(), wanted.patience(), () -> isGone(request));
                    });
                })
                .onComplete(
                        fetched -> {
                            if (isGone(request)) {
                                consumers.giveBack(fetched);
                            } else {
                                context.answer(request, 200, json.fetched(fetched));
                            }
                        },
                        failure -> context.fail(request, failure));
    }

    private static boolean isGone(RoutingContext request) {
        return request.response().closed();
    }

    /** What a worker says about deliveries. */
    private interface Word {
        Future<List<Outcome>> say(Principal who, String name, WordBody body);
    }

    private void word(Router router, RouteContext context, String path, Set<String> members, Word word) {
        boolean publishes = members.contains("publish");
        router.post(ONE + path)
                .handler(request -> context.authenticate(request, Scope.EVENTS_SUBSCRIBE)
                        .compose(who -> {
                            QueryParameters.requireNone(request);
                            return context.json(request, publishes ? MAX_OUTPUTS : MAX_BODY)
                                    .compose(bytes -> {
                                        WordBody body = WordBody.parse(bytes, members);
                                        return word.say(who, name(request), body)
                                                .map(outcomes -> told(body, outcomes));
                                    });
                        })
                        .onComplete(
                                told -> context.answer(request, 200, told), failure -> context.fail(request, failure)));
    }

    private Future<List<Outcome>> acknowledge(Principal who, String name, WordBody body) {
        return consumers.acknowledge(who, name, body.tokens(), body.publish(), payload);
    }

    /** @throws PlatformException with what was wrong with the one delivery, when it is about one */
    private byte[] told(WordBody body, List<Outcome> outcomes) {
        if (!body.single()) {
            return json.results(outcomes);
        }
        Outcome outcome = outcomes.getFirst();
        PlatformError error = outcome.error();
        if (error != null) {
            throw new PlatformException(error);
        }
        return json.done(outcome, body.publish() != null);
    }

    private static Future<Principal> changing(RoutingContext request, RouteContext context) {
        return context.authenticate(request, Scope.ADMIN_WRITE);
    }

    private static Future<Principal> looking(RoutingContext request, RouteContext context) {
        return context.authenticate(request).map(who -> {
            if (!who.has(Scope.EVENTS_SUBSCRIBE)) {
                who.require(Scope.ADMIN_READ);
            }
            return who;
        });
    }

    private static String name(RoutingContext request) {
        return Objects.requireNonNullElse(request.pathParam("name"), "");
    }

    private static void audit(RoutingContext request, RouteContext context, String what, Consumer consumer) {
        log.atInfo()
                .addKeyValue("request_id", context.requestId(request))
                .addKeyValue("tenant", consumer.tenant())
                .addKeyValue("project", consumer.project())
                .addKeyValue("consumer", consumer.name())
                .log("A consumer was {}", what);
    }
}
