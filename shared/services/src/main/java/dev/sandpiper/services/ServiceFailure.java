package dev.sandpiper.services;

import org.jspecify.annotations.Nullable;

/** A service could not be had or started. The message is a sentence for a person and says what to do. */
public final class ServiceFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ServiceFailure(String message) {
        this(message, null);
    }

    public ServiceFailure(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
