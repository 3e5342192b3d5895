package dev.sandpiper.runtime.auth;

import dev.sandpiper.domain.KeyId;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.TenantId;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;

/** Turns a credential into a {@link Principal}. Every kind of credential (API key, JWT, session) comes in through here. */
public interface Authenticator {
    /**
     * Checks a credential as it stood behind {@code Bearer} or in {@code X-API-Key}. The future is complete on return when
     * the answer is cached; otherwise it completes on the caller's context.
     *
     * <p>Fails with a {@link dev.sandpiper.domain.PlatformException}: {@code INVALID_API_KEY} or {@code
     * DATABASE_UNAVAILABLE}.
     */
    Future<Principal> authenticate(String credential, Caller caller);

    /** Likewise, where nothing is known about the caller: keys that are limited to some places are refused. */
    default Future<Principal> authenticate(String credential) {
        return authenticate(credential, Caller.UNKNOWN);
    }

    /** Redeems a ticket; each works once, cluster-wide. Fails with {@code INVALID_TICKET}, and like {@link #authenticate}. */
    Future<Principal> redeem(String ticket, Caller caller);

    /** Likewise, where nothing is known about the caller. */
    default Future<Principal> redeem(String ticket) {
        return redeem(ticket, Caller.UNKNOWN);
    }

    /** Sells a ticket for the principal, valid for {@link #ticketLifetime()}. */
    Future<String> issueTicket(Principal principal);

    Duration ticketLifetime();

    /**
     * Calls {@code onRevoked} with a key id whenever a key is taken away, on an unspecified thread, within seconds of the
     * revocation wherever in the cluster it happened.
     *
     * @return closes the registration
     */
    Runnable onRevoked(Consumer<KeyId> onRevoked);

    /**
     * Whether a principal that was authenticated some time ago still would be, as far as revocations of tokens are concerned; its
     * expiry is not looked at. Cheap: it is asked about every open connection every second. Holders of keys are always believed here.
     */
    default boolean believes(Principal principal) {
        return true;
    }

    /**
     * Calls {@code onRevoked} whenever {@link #believes} may have another answer for somebody, on an unspecified thread, within seconds
     * of the change wherever in the cluster it happened.
     *
     * @return closes the registration
     */
    default Runnable onTokensRevoked(Runnable onRevoked) {
        return () -> {};
    }

    /**
     * Calls the listener when a tenant is suspended; see {@link Suspensions#onSuspended}.
     *
     * @return closes the registration
     */
    default Runnable onSuspended(Function<TenantId, Future<?>> listener) {
        return () -> {};
    }
}
