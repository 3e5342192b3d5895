package dev.sandpiper.services;

import org.slf4j.LoggerFactory;

/** Where a service that takes its time says what it is doing: one short line each. */
@FunctionalInterface
public interface Progress {
    void say(String line);

    /** Into the log. */
    static Progress logged() {
        return line -> LoggerFactory.getLogger("dev.sandpiper.services").info(line);
    }
}
