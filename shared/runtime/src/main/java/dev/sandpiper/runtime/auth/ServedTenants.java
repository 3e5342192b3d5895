package dev.sandpiper.runtime.auth;

import dev.sandpiper.domain.KeyId;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TenantId;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Lets in whom another authenticator knows, but for tenants that are not served. Their administration can still be read, and operators, who
 * may live in any tenant, still administer.
 */
public final class ServedTenants implements Authenticator {
    private final Authenticator known;
    private final Suspensions suspensions;

    public ServedTenants(Authenticator known, Suspensions suspensions) {
        this.known = known;
        this.suspensions = suspensions;
    }

    @Override
    public Future<Principal> authenticate(String credential, Caller caller) {
        return served(known.authenticate(credential, caller), caller);
    }

    @Override
    public Future<Principal> redeem(String ticket, Caller caller) {
        return served(known.redeem(ticket, caller), caller);
    }

    private Future<Principal> served(Future<Principal> check, Caller caller) {
        if (check.isComplete()) {
            return check.failed() ? check : admit(check, check.result(), caller);
        }
        return check.compose(who -> admit(check, who, caller));
    }

    private Future<Principal> admit(Future<Principal> check, Principal who, Caller caller) {
        PlatformError refusal = suspensions.refusal(who.tenant());
        if (refusal == null) {
            return check;
        }
        boolean admitted = switch (caller.purpose()) {
            case READ_ADMINISTRATION -> true;
            case ADMINISTER -> who.has(Scope.PLATFORM_OPERATE);
            case USE -> false;
        };
        return admitted ? check : Future.failedFuture(new PlatformException(refusal));
    }

    @Override
    public Future<String> issueTicket(Principal principal) {
        return known.issueTicket(principal);
    }

    @Override
    public Duration ticketLifetime() {
        return known.ticketLifetime();
    }

    @Override
    public Runnable onRevoked(Consumer<KeyId> onRevoked) {
        return known.onRevoked(onRevoked);
    }

    @Override
    public boolean believes(Principal principal) {
        return known.believes(principal);
    }

    @Override
    public Runnable onTokensRevoked(Runnable onRevoked) {
        return known.onTokensRevoked(onRevoked);
    }

    @Override
    public Runnable onSuspended(Function<TenantId, Future<?>> listener) {
        return suspensions.onSuspended(listener);
    }
}
