package dev.sandpiper.retention;

import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TenantId;
import io.vertx.core.MultiMap;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The query of a request, and who may name whom in it. */
final class RequestQuery {
    private static final int DEFAULT_LIMIT = 50;
    private static final int MAX_LIMIT = 500;

    private final MultiMap values;

    private RequestQuery(MultiMap values) {
        this.values = values;
    }

    /** @throws PlatformException for a parameter that is not among {@code known}, or given twice */
    static RequestQuery of(RoutingContext request, Set<String> known) {
        MultiMap values;
        try {
            values = request.queryParams();
        } catch (RuntimeException e) {
            throw new PlatformException(
                    new RequestError.InvalidRequest("The query is not percent-encoded properly"), e);
        }
        for (String name : values.names()) {
            List<String> all = values.getAll(name);
            if (!known.contains(name)) {
                throw fault(name, "is not known here");
            }
            if (all.size() > 1) {
                throw fault(name, "must not be given twice");
            }
        }
        return new RequestQuery(values);
    }

    /** Null when it is missing or empty. */
    @Nullable
    String get(String name) {
        String value = values.get(name);
        return value == null || value.isEmpty() ? null : value;
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
        String text = get("limit");
        if (text == null) {
            return DEFAULT_LIMIT;
        }
        boolean digits = text.length() <= 6 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        int limit = digits ? Integer.parseInt(text) : 0;
        if (limit < 1 || limit > MAX_LIMIT) {
            throw fault("limit", "must be from 1 to " + MAX_LIMIT);
        }
        return limit;
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
