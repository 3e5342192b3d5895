package dev.sandpiper.services;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * @param binary the nats-server program, see {@link NatsBinary}
 * @param folder for everything this server keeps; made when missing
 * @param name of the server, unique in a cluster
 * @param port on 127.0.0.1; 0 for any that is free
 * @param monitoringPort likewise
 * @param syncAlways whether a message is on disk before it is acknowledged; otherwise the disk is synced every two minutes
 * @param maxStoreBytes for everything that JetStream keeps in files; 0 for three quarters of the disk
 * @param cluster null for a server that stands alone
 */
public record NatsOptions(
        Path binary,
        Path folder,
        String name,
        int port,
        int monitoringPort,
        boolean syncAlways,
        long maxStoreBytes,
        @Nullable NatsCluster cluster) {
    /** Alone, on any port, synced every two minutes. */
    public static NatsOptions of(Path binary, Path folder) {
        return new NatsOptions(binary, folder, "sandpiper", 0, 0, false, 0, null);
    }

    public NatsOptions port(int number) {
        return new NatsOptions(binary, folder, name, number, monitoringPort, syncAlways, maxStoreBytes, cluster);
    }

    public NatsOptions cluster(String member, NatsCluster membership) {
        return new NatsOptions(binary, folder, member, port, monitoringPort, syncAlways, maxStoreBytes, membership);
    }

    public NatsOptions maxStoreBytes(long bytes) {
        return new NatsOptions(binary, folder, name, port, monitoringPort, syncAlways, bytes, cluster);
    }
}
