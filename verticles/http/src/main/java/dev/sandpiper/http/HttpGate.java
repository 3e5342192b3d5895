package dev.sandpiper.http;

import java.util.concurrent.atomic.AtomicInteger;

/** What the instances of one {@link HttpVerticle} share: whether the door is open, and where it is. */
public final class HttpGate {
    private final AtomicInteger instances = new AtomicInteger();
    private volatile boolean closing;
    private volatile int port;

    /**
     * From now on new connections are refused with {@code SHUTTING_DOWN}, and those that are open are closed after the
     * answer to their request. Undeploying the verticle waits for requests in flight. Idempotent.
     */
    public void stopAccepting() {
        closing = true;
    }

    public boolean isClosing() {
        return closing;
    }

    /** The port that is listened on, 0 before the verticle is deployed. */
    public int port() {
        return port;
    }

    void listening(int actualPort) {
        port = actualPort;
    }

    int nextInstance() {
        return instances.getAndIncrement();
    }
}
