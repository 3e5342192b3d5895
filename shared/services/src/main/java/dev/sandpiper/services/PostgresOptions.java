package dev.sandpiper.services;

import java.nio.file.Path;

/**
 * @param folder for everything this server keeps; made when missing
 * @param port on 127.0.0.1; 0 for any that is free
 * @param durable whether a crash of the machine may lose nothing; tests do without, which is faster
 */
public record PostgresOptions(Path folder, int port, boolean durable, Progress progress) {
    /** For tests: any port, not durable. */
    public static PostgresOptions forTests(Path folder) {
        return new PostgresOptions(folder, 0, false, Progress.logged());
    }
}
