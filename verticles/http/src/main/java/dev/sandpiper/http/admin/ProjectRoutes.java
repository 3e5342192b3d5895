package dev.sandpiper.http.admin;

import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.auth.Author;
import dev.sandpiper.runtime.auth.ProjectLimits;
import dev.sandpiper.runtime.auth.Projects;
import dev.sandpiper.runtime.http.QueryParameters;
import dev.sandpiper.runtime.http.RouteContext;
import dev.sandpiper.runtime.http.Routes;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Projects over REST, within the caller's own tenant; an operator names another. */
public final class ProjectRoutes implements Routes {
    private static final String PATH = "/admin/projects";

    private final Projects projects;

    public ProjectRoutes(Projects projects) {
        this.projects = projects;
    }

    @Override
    public void mount(Router router, RouteContext context) {
        router.post(PATH).handler(request -> create(request, context));
        router.get(PATH).handler(request -> list(request, context));
        router.get(PATH + "/:id").handler(request -> find(request, context));
        router.patch(PATH + "/:id").handler(request -> change(request, context));
        router.delete(PATH + "/:id").handler(request -> delete(request, context));
    }

    private void create(RoutingContext request, RouteContext context) {
        AdminAccess.authorized(request, context, Scope.ADMIN_WRITE)
                .compose(who -> {
                    QueryParameters.requireNone(request);
                    return context.json(request, AdminAccess.MAX_BODY).compose(body -> {
                        TenancyBody wanted = TenancyBody.parse(body, TenancyBody.NEW_PROJECT);
                        ProjectLimits limits = wanted.limits();
                        return projects.create(
                                AdminAccess.tenant(who, wanted.tenant()),
                                wanted.projectId(),
                                wanted.requiredName(),
                                limits == null ? ProjectLimits.NONE : limits,
                                Author.of(who, request, context));
                    });
                })
                .onComplete(
                        project -> context.answer(request, 201, TenancyJson.project(project)),
                        failure -> context.fail(request, failure));
    }

    private void list(RoutingContext request, RouteContext context) {
        AdminAccess.authorized(request, context, Scope.ADMIN_READ)
                .compose(who -> {
                    QueryParameters query = QueryParameters.of(request, Set.of("tenant", "limit", "after"));
                    return projects.list(
                            AdminAccess.tenant(who, AdminAccess.named(query)),
                            query.number("limit", AdminAccess.DEFAULT_LIMIT, AdminAccess.MAX_LIMIT),
                            query.get("after"));
                })
                .onComplete(
                        page -> context.answer(request, 200, TenancyJson.projects(page)),
                        failure -> context.fail(request, failure));
    }

    private void find(RoutingContext request, RouteContext context) {
        AdminAccess.authorized(request, context, Scope.ADMIN_READ)
                .compose(who -> projects.find(AdminAccess.tenant(who, request), id(request.pathParam("id"))))
                .onComplete(
                        project -> context.answer(request, 200, TenancyJson.project(project)),
                        failure -> context.fail(request, failure));
    }

    private void change(RoutingContext request, RouteContext context) {
        AdminAccess.authorized(request, context, Scope.ADMIN_WRITE)
                .compose(who -> {
                    TenantId tenant = AdminAccess.tenant(who, request);
                    ProjectId id = id(request.pathParam("id"));
                    return context.json(request, AdminAccess.MAX_BODY).compose(body -> {
                        TenancyBody wanted = TenancyBody.parse(body, TenancyBody.PROJECT);
                        return projects.change(
                                tenant, id, wanted.name(), wanted.limits(), Author.of(who, request, context));
                    });
                })
                .onComplete(
                        project -> context.answer(request, 200, TenancyJson.project(project)),
                        failure -> context.fail(request, failure));
    }

    private void delete(RoutingContext request, RouteContext context) {
        AdminAccess.authorized(request, context, Scope.ADMIN_WRITE)
                .compose(who -> projects.delete(
                        AdminAccess.tenant(who, request),
                        id(request.pathParam("id")),
                        Author.of(who, request, context)))
                .onComplete(gone -> context.answer(request, 204, null), failure -> context.fail(request, failure));
    }

    private static ProjectId id(@Nullable String text) {
        try {
            return new ProjectId(text == null ? "" : text);
        } catch (IllegalArgumentException e) {
            throw new PlatformException(new ConflictError.ResourceNotFound("project"), e);
        }
    }
}
