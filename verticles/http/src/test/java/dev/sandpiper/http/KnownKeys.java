package dev.sandpiper.http;

import dev.sandpiper.domain.CredentialError;
import dev.sandpiper.domain.KeyId;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.auth.Authenticator;
import dev.sandpiper.runtime.auth.Caller;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Knows a handful of keys by heart, one of which it has to think about. */
final class KnownKeys implements Authenticator {
    static final Principal ANN = principal("ann", Scope.EVENTS_PUBLISH, Scope.EVENTS_SUBSCRIBE);

    private static final Map<String, Principal> KEYS = Map.of(
            "ann",
            ANN,
            "bob",
            principal("bob", Scope.EVENTS_PUBLISH, Scope.EVENTS_SUBSCRIBE),
            "reader",
            principal("ann", Scope.EVENTS_SUBSCRIBE),
            "slow",
            ANN);

    private final Map<String, Principal> tickets = new ConcurrentHashMap<>();

    private static Principal principal(String tenant, Scope... scopes) {
        return new Principal(
                new TenantId(tenant), new ProjectId("main"), new KeyId("0123456789abcdef"), Set.of(scopes));
    }

    @Override
    public Future<Principal> authenticate(String credential, Caller caller) {
        Principal known = KEYS.get(credential);
        if (known == null) {
            return Future.failedFuture(new PlatformException(new CredentialError.InvalidApiKey()));
        }
        if (credential.equals("slow")) {
            Promise<Principal> promise = Promise.promise();
            Objects.requireNonNull(Vertx.currentContext()).owner().setTimer(20, timer -> promise.complete(known));
            return promise.future();
        }
        return Future.succeededFuture(known);
    }

    @Override
    public Future<Principal> redeem(String ticket, Caller caller) {
        Principal known = tickets.remove(ticket);
        return known == null
                ? Future.failedFuture(new PlatformException(new CredentialError.InvalidTicket()))
                : Future.succeededFuture(known);
    }

    @Override
    public Future<String> issueTicket(Principal principal) {
        String ticket = "t" + tickets.size();
        tickets.put(ticket, principal);
        return Future.succeededFuture(ticket);
    }

    @Override
    public Duration ticketLifetime() {
        return Duration.ofSeconds(7);
    }

    @Override
    public Runnable onRevoked(Consumer<KeyId> onRevoked) {
        return () -> {};
    }
}
