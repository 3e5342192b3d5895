package dev.sandpiper.runtime.logging;

/** How a log line looks. */
public enum LogFormat {
    /** Text on a terminal, JSON otherwise. */
    AUTO,
    /** One JSON object a line. */
    JSON,
    /** For people. */
    TEXT
}
