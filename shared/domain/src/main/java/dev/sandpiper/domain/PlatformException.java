package dev.sandpiper.domain;

import org.jspecify.annotations.Nullable;

/** Carries a {@link PlatformError} to whoever answers the client. An outcome, not a fault: it has no stack trace. */
public final class PlatformException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient PlatformError error;

    public PlatformException(PlatformError error) {
        this(error, null);
    }

    public PlatformException(PlatformError error, @Nullable Throwable cause) {
        super(error.message(), cause, false, false);
        this.error = error;
    }

    public PlatformError error() {
        return error;
    }
}
