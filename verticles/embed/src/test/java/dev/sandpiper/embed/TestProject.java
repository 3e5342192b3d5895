package dev.sandpiper.embed;

import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.auth.ApiKeys;
import dev.sandpiper.runtime.auth.IssuedKey;
import dev.sandpiper.runtime.auth.NewKey;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A tenant and project of a test's own.
 *
 * @param key may publish and subscribe
 */
public record TestProject(ApiKeys keys, TenantId tenant, ProjectId project, String key) {
    private static final AtomicInteger COUNTER = new AtomicInteger();

    /** In the database behind {@code keys}. */
    static TestProject create(ApiKeys keys) {
        int number = COUNTER.incrementAndGet();
        var tenant = new TenantId("tenant-" + number);
        TestNode.await(keys.createTenant(tenant, "Tenant " + number, "free"));
        return create(keys, tenant, new ProjectId("main"));
    }

    /** Another project of the same tenant. */
    public TestProject sibling(String id) {
        return create(keys, tenant, new ProjectId(id));
    }

    /** Another key to the same project. */
    public String key(Scope... scopes) {
        return issue(scopes).key().reveal();
    }

    /** Likewise, with what is known about it, such as its id. */
    public IssuedKey issue(Scope... scopes) {
        return issue(keys, tenant, project, scopes);
    }

    private static TestProject create(ApiKeys keys, TenantId tenant, ProjectId project) {
        TestNode.await(keys.createProject(tenant, project, project.value()));
        IssuedKey key = issue(keys, tenant, project, Scope.EVENTS_PUBLISH, Scope.EVENTS_SUBSCRIBE);
        return new TestProject(keys, tenant, project, key.key().reveal());
    }

    private static IssuedKey issue(ApiKeys keys, TenantId tenant, ProjectId project, Scope... scopes) {
        return TestNode.await(keys.create(new NewKey(tenant, project, "test", Set.of(scopes), null)));
    }
}
