package dev.sandpiper.runtime.logging;

import dev.sandpiper.runtime.config.Settings;

/** What is logged and in which form. */
public record LogConfig(LogFormat format, LogLevel level) {
    public static LogConfig from(Settings settings) {
        return new LogConfig(
                settings.choice(
                        "LOG_FORMAT",
                        LogFormat.class,
                        LogFormat.AUTO,
                        "json, text, or auto: text on a terminal, otherwise one JSON object a line"),
                settings.choice(
                        "LOG_LEVEL",
                        LogLevel.class,
                        LogLevel.INFO,
                        "error, warn, info, debug or trace; for our own lines"));
    }
}
