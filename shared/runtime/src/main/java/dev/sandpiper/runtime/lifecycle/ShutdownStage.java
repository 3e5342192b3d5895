package dev.sandpiper.runtime.lifecycle;

import java.time.Duration;

/** The order in which a node ends, and how long each step may take. */
public enum ShutdownStage {
    /** Readiness turns red, and load balancers get time to see it. */
    UNREADY("turn unready", Duration.ofSeconds(35)),
    /** Listeners take no more connections and requests. */
    REFUSE("stop accepting", Duration.ofSeconds(2)),
    /** Connected clients are told to go elsewhere. */
    NOTIFY("tell clients", Duration.ofSeconds(10)),
    /** What was accepted is finished and answered. */
    DRAIN("drain", Duration.ofSeconds(16)),
    /** What uses the stores ends. */
    DISCONNECT("end what uses the stores", Duration.ofSeconds(3)),
    /** Connections to stores are given back. */
    CLOSE("close stores", Duration.ofSeconds(5)),
    /** The cluster is left. */
    LEAVE("leave the cluster", Duration.ofSeconds(12));

    private final String title;
    private final Duration limit;

    ShutdownStage(String title, Duration limit) {
        this.title = title;
        this.limit = limit;
    }

    public String title() {
        return title;
    }

    public Duration limit() {
        return limit;
    }
}
