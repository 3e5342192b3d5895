package dev.sandpiper.runtime.management;

import dev.sandpiper.runtime.config.Settings;

/**
 * Where the management listener listens.
 *
 * @param port 0 for any
 */
public record ManagementConfig(String host, int port) {
    public static ManagementConfig from(Settings settings) {
        return new ManagementConfig(
                settings.text(
                        "MANAGEMENT_HOST",
                        "127.0.0.1",
                        "Address of the management listener (health, metrics); never expose it to clients"),
                settings.integer("MANAGEMENT_PORT", 9090, 0, 65_535, "Port of the management listener; 0 for any"));
    }
}
