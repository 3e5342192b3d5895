package dev.sandpiper.runtime.auth;

import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.TenantId;
import io.vertx.core.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Which tenants are not served. Asked for every request and every event that is published. Safe for use by several threads. */
public interface Suspensions {
    /** Everybody is served. */
    Suspensions NONE = new Suspensions() {
        @Override
        public @Nullable PlatformError refusal(TenantId tenant) {
            return null;
        }

        @Override
        public Runnable onSuspended(Function<TenantId, Future<?>> listener) {
            return () -> {};
        }
    };

    /**
     * Why the tenant is not served now: {@code TENANT_SUSPENDED}, or {@code NODE_UNAVAILABLE} while this node cannot know; null when it
     * is. Neither waits nor locks.
     */
    @Nullable
    PlatformError refusal(TenantId tenant);

    /**
     * Calls the listener when a tenant is suspended, on an unspecified thread. Its future completes when nothing is delivered to that
     * tenant any more: the operator's suspension waits for it.
     *
     * @return closes the registration
     */
    Runnable onSuspended(Function<TenantId, Future<?>> listener);
}
