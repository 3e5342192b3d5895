package dev.sandpiper.deadletters;

import dev.sandpiper.domain.Capability;
import dev.sandpiper.domain.CursorCodec;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TopicPattern;
import dev.sandpiper.runtime.audit.AuditEntry;
import dev.sandpiper.runtime.audit.AuditJournal;
import dev.sandpiper.runtime.audit.AuditOrigin;
import dev.sandpiper.runtime.audit.AuditTarget;
import dev.sandpiper.runtime.http.QueryParameters;
import dev.sandpiper.runtime.http.RouteContext;
import dev.sandpiper.runtime.http.Routes;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Dead letters over REST. A key sees its own project's; {@code events:subscribe} reads them, {@code events:publish} sends them again and
 * discards them. What reaches many letters does so for some seconds, tells how far it came, and is called again with {@code
 * next}: no state is left behind by a client that goes away.
 */
public final class LetterRoutes implements Routes {
    private static final Logger log = LoggerFactory.getLogger(LetterRoutes.class);
    private static final String PATH = "/dead-letters";
    private static final int MAX_BODY = 4 * 1024;

    private static final TopicPattern EVERYTHING = new TopicPattern("*");

    private final Letters letters;
    private final AuditJournal audit;
    private final CursorCodec cursors;
    private final LetterJson json;

    /** @param audit which is told of what is to be redriven or discarded */
    public LetterRoutes(Letters letters, CursorCodec cursors, AuditJournal audit) {
        this.letters = letters;
        this.audit = audit;
        this.cursors = cursors;
        this.json = new LetterJson(cursors, letters);
    }

    @Override
    public void mount(Router router, RouteContext context) {
        router.get(PATH).handler(request -> list(request, context));
        router.delete(PATH).handler(request -> discardMany(request, context));
        router.post(PATH + "/redrive").handler(request -> redriveMany(request, context));
        router.get(PATH + "/:id").handler(request -> show(request, context));
        router.delete(PATH + "/:id").handler(request -> discard(request, context));
        router.post(PATH + "/:id/redrive").handler(request -> redrive(request, context));
    }

    private void list(RoutingContext request, RouteContext context) {
        context.authenticate(request, Scope.EVENTS_SUBSCRIBE)
                .map(who -> everywhere(who, Capability.HISTORY))
                .compose(who -> {
                    LetterRequest asked = LetterRequest.list(who, uri(request), cursors, letters.epoch());
                    LetterJson.Page page = json.page();
                    return letters.page(asked.filter(), asked.after(), asked.limit(), page::add)
                            .map(next -> page.end(asked.filter(), next));
                })
                .onComplete(page -> context.answer(request, 200, page), failure -> context.fail(request, failure));
    }

    private void show(RoutingContext request, RouteContext context) {
        context.authenticate(request, Scope.EVENTS_SUBSCRIBE)
                .map(who -> everywhere(who, Capability.HISTORY))
                .compose(who -> {
                    QueryParameters.requireNone(request);
                    return find(who, request);
                })
                .onComplete(
                        letter -> context.answer(request, 200, json.letter(letter)),
                        failure -> context.fail(request, failure));
    }

    private void redrive(RoutingContext request, RouteContext context) {
        context.authenticate(request, Scope.EVENTS_PUBLISH)
                .map(who -> everywhere(who, Capability.PUBLISH))
                .compose(who -> {
                    QueryParameters.requireNone(request);
                    return context.json(request, MAX_BODY)
                            .map(LetterRequest::target)
                            .compose(to -> find(who, request)
                                    .compose(letter -> told(request, context, who, "redrive_requested", null)
                                            .compose(told -> letters.redrive(letter, to))
                                            .onSuccess(done -> audit(request, context, who, "redriven", 1))
                                            .map(done -> json.redriven(letter, done))));
                })
                .onComplete(done -> context.answer(request, 200, done), failure -> context.fail(request, failure));
    }

    private void redriveMany(RoutingContext request, RouteContext context) {
        context.authenticate(request, Scope.EVENTS_PUBLISH)
                .map(who -> everywhere(who, Capability.PUBLISH))
                .compose(who -> {
                    QueryParameters.requireNone(request);
                    return context.json(request, MAX_BODY)
                            .map(body -> LetterRequest.redrive(who, body, cursors, letters.epoch()))
                            .compose(asked -> told(request, context, who, "redrive_requested", asked)
                                    .compose(told -> redriveMany(asked))
                                    .onSuccess(swept -> audit(request, context, who, "redriven", swept.done()))
                                    .map(swept -> json.swept("redriven", asked.filter(), swept)));
                })
                .onComplete(done -> context.answer(request, 200, done), failure -> context.fail(request, failure));
    }

    private Future<Swept> redriveMany(LetterRequest asked) {
        RedriveTarget to = asked.to();
        if (to == null) {
            throw new IllegalStateException("a redrive says where to");
        }
        return letters.redrive(asked.filter(), asked.after(), asked.limit(), to);
    }

    private void discard(RoutingContext request, RouteContext context) {
        context.authenticate(request, Scope.EVENTS_PUBLISH)
                .map(who -> everywhere(who, Capability.PUBLISH))
                .compose(who -> {
                    QueryParameters.requireNone(request);
                    return find(who, request)
                            .compose(letter -> told(request, context, who, "discard_requested", null)
                                    .compose(told -> letters.discard(letter)))
                            .map(removed -> {
                                if (!removed) {
                                    throw new PlatformException(LetterRequest.noSuchLetter());
                                }
                                audit(request, context, who, "discarded", 1);
                                return removed;
                            });
                })
                .onComplete(done -> context.answer(request, 204, null), failure -> context.fail(request, failure));
    }

    private void discardMany(RoutingContext request, RouteContext context) {
        context.authenticate(request, Scope.EVENTS_PUBLISH)
                .map(who -> everywhere(who, Capability.PUBLISH))
                .compose(who -> {
                    LetterRequest asked = LetterRequest.discard(who, uri(request), cursors, letters.epoch());
                    return told(request, context, who, "discard_requested", asked)
                            .compose(told -> letters.discard(asked.filter(), asked.after(), asked.limit()))
                            .onSuccess(swept -> audit(request, context, who, "discarded", swept.done()))
                            .map(swept -> json.swept("discarded", asked.filter(), swept));
                })
                .onComplete(done -> context.answer(request, 200, done), failure -> context.fail(request, failure));
    }

    /** Dead letters are of any channel: whose credential is for some only has no business with them. */
    private static Principal everywhere(Principal who, Capability capability) {
        who.require(capability, EVERYTHING);
        return who;
    }

    private Future<StoredLetter> find(Principal who, RoutingContext request) {
        var position = LetterRequest.position(who, request.pathParam("id"), cursors, letters.epoch());
        return letters.read(who.tenant(), who.project(), position).map(found -> {
            if (found == null) {
                throw new PlatformException(LetterRequest.noSuchLetter());
            }
            return found;
        });
    }

    /** @param asked which letters; null for the one that the path names */
    private Future<Void> told(
            RoutingContext request, RouteContext context, Principal who, String what, @Nullable LetterRequest asked) {
        String id = asked == null ? request.pathParam("id") : "";
        JsonObject which = null;
        if (asked != null) {
            LetterFilter filter = asked.filter();
            which = new JsonObject().put("filter", String.valueOf(filter)).put("limit", asked.limit());
        }
        return audit.write(AuditEntry.of(
                AuditOrigin.of(who, request, context),
                AuditTarget.of(who.tenant(), who.project(), "dead_letter", id == null ? "" : id),
                what,
                null,
                which));
    }

    private static String uri(RoutingContext request) {
        return request.request().uri();
    }

    private static void audit(RoutingContext request, RouteContext context, Principal who, String what, int count) {
        log.atInfo()
                .addKeyValue("request_id", context.requestId(request))
                .addKeyValue("tenant", who.tenant())
                .addKeyValue("project", who.project())
                .addKeyValue("key_id", who.key())
                .addKeyValue("count", count)
                .log("Dead letters were {}", what);
    }
}
