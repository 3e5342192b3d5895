package dev.sandpiper.retention;

import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.runtime.audit.AuditOrigin;
import dev.sandpiper.runtime.http.RouteContext;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One request of this feature, from the credential to the answer. */
record JsonRoute(RoutingContext request, RouteContext context) {
    private static final int MAX_BODY = 16 * 1024;

    /** What is answered. */
    record Reply(int status, byte @Nullable [] json) {
        static Reply of(byte[] json) {
            return new Reply(200, json);
        }
    }

    /** @param scopes one of which is enough; an operator needs none of them */
    void answer(List<Scope> scopes, Function<Principal, Future<Reply>> action) {
        context.authenticate(request)
                .compose(who -> {
                    if (!who.has(Scope.PLATFORM_OPERATE) && scopes.stream().noneMatch(who::has)) {
                        who.require(scopes.get(0));
                    }
                    return action.apply(who);
                })
                .onComplete(
                        reply -> context.answer(request, reply.status(), reply.json()),
                        failure -> context.fail(request, failure));
    }

    /** Where a change comes from that this request asks for. */
    AuditOrigin by(Principal who) {
        return AuditOrigin.of(who, request, context);
    }

    Future<byte[]> body() {
        return context.json(request, MAX_BODY);
    }
}
