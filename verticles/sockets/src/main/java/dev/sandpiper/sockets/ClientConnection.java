package dev.sandpiper.sockets;

import dev.sandpiper.domain.KeyId;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.Principal;
import org.jspecify.annotations.Nullable;

/**
 * The seam between the transports and what is common to them: the registry, the sweep, closing. Everything is called on
 * the connection's own event loop.
 */
interface ClientConnection {
    Transport transport();

    /** Unique on this node. */
    long number();

    /** Null until the client has proven who it is. */
    @Nullable
    Principal principal();

    /** Whether anything on it hangs on this key. */
    boolean uses(KeyId key);

    int subscriptions();

    /** What was written to it and waits for the client to read. */
    long pendingBytes();

    /** Where this connection stands in its {@link ConnectionTable}; kept here so that leaving is cheap. */
    int slot();

    void slot(int slot);

    /** Called about every second, with {@link SocketLoop#now()}: the only clock that connections have. */
    void sweep(int now);

    /** Ends what hangs on a token that is over, or is not believed any more. Called with every sweep, and on news of revocations. */
    default void checkTokens(Trust trust) {
        Principal who = principal();
        PlatformError fault = who == null ? null : trust.fault(who);
        if (fault != null) {
            end(fault);
        }
    }

    /** Tells the client why, and ends in order. Idempotent. */
    void end(PlatformError error);

    /** Ends at once. Idempotent. */
    void cut();
}
