package dev.sandpiper.runtime.logging;

/** From which severity on lines of Sandpiper's own are logged; libraries stay quieter. */
public enum LogLevel {
    ERROR,
    WARN,
    INFO,
    DEBUG,
    TRACE
}
