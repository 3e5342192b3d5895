package dev.sandpiper.runtime.cluster;

import io.vertx.core.transport.Transport;
import org.jspecify.annotations.Nullable;

/** Which of the kernel's interfaces sockets go through. */
public enum TransportChoice {
    /** The first of io_uring, epoll and NIO that works here. */
    AUTO,
    IO_URING,
    EPOLL,
    NIO;

    /** @throws IllegalStateException when the one that was asked for does not work here */
    public Transport resolve() {
        return switch (this) {
            case AUTO -> firstUsable();
            case IO_URING -> required(Transport.IO_URING);
            case EPOLL -> required(Transport.EPOLL);
            case NIO -> Transport.NIO;
        };
    }

    private static Transport firstUsable() {
        if (isUsable(Transport.IO_URING)) {
            return Transport.IO_URING;
        }
        return isUsable(Transport.EPOLL) ? Transport.EPOLL : Transport.NIO;
    }

    private Transport required(@Nullable Transport transport) {
        if (transport != null && transport.available()) {
            return transport;
        }
        throw new IllegalStateException(
                "The transport " + this + " does not work here; SANDPIPER_TRANSPORT=auto chooses one that does",
                transport == null ? null : transport.unavailabilityCause());
    }

    /** Vert.x leaves the constant null where the transport's classes are missing. */
    private static boolean isUsable(@Nullable Transport transport) {
        return transport != null && transport.available();
    }
}
