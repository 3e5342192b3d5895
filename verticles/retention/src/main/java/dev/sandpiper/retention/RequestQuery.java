package dev.sandpiper.retention;

import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.http.QueryParameters;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The query of a request, and who may name whom in it. */
final class RequestQuery {
    private static final int DEFAULT_LIMIT = 50;
    private static final int MAX_LIMIT = 500;

    private final QueryParameters values;

    private RequestQuery(QueryParameters values) {
        this.values = values;
    }

    /** @throws PlatformException for a parameter that is not among {@code known}, or given twice */
    static RequestQuery of(RoutingContext request, Set<String> known) {
        return new RequestQuery(QueryParameters.of(request, known));
    }

    /** Null when it is missing or empty. */
    @Nullable
    String get(String name) {
        return values.get(name);
    }

    @Nullable
    ProjectId project() {
        String text = get("project");
        return text == null ? null : project("project", text);
    }

    /** The tenant that is meant: another than the caller's own is for operators. */
    TenantId tenant(Principal who) {
        String text = get("tenant");
        return tenant(who, text == null ? null : tenant("tenant", text));
    }

    static TenantId tenant(Principal who, @Nullable TenantId named) {
        if (named == null || named.equals(who.tenant())) {
            return who.tenant();
        }
        who.require(Scope.PLATFORM_OPERATE);
        return named;
    }

    int limit() {
        return values.number("limit", DEFAULT_LIMIT, MAX_LIMIT);
    }

    static TenantId tenant(String parameter, String text) {
        try {
            return new TenantId(text);
        } catch (IllegalArgumentException e) {
            throw new PlatformException(new RequestError.InvalidParameter(parameter, "is no tenant id"), e);
        }
    }

    static ProjectId project(String parameter, String text) {
        try {
            return new ProjectId(text);
        } catch (IllegalArgumentException e) {
            throw new PlatformException(new RequestError.InvalidParameter(parameter, "is no project id"), e);
        }
    }

    static PlatformException fault(String parameter, String reason) {
        return new PlatformException(new RequestError.InvalidParameter(parameter, reason));
    }
}
