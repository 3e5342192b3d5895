package dev.sandpiper.perf.faults.servers;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What an installation is made of.
 *
 * @param nodes how many
 * @param natsServers 1, or 3 that form a cluster and keep three copies
 * @param proxied whether the nodes reach NATS and PostgreSQL through proxies that can break
 * @param clocks whether the nodes' clocks can be turned, see {@link dev.sandpiper.perf.faults.clock.Clock}
 * @param natsFolder where nats-server keeps its files; null for a folder like all others
 * @param natsStoreBytes for all that nats-server keeps in files; 0 for no limit but its own
 */
public record Plan(
        int nodes,
        int natsServers,
        boolean proxied,
        boolean clocks,
        @Nullable Path natsFolder,
        long natsStoreBytes) {
    public static Plan of(int nodes) {
        return new Plan(nodes, 1, false, false, null, 0);
    }

    public Plan replicated() {
        return new Plan(nodes, 3, proxied, clocks, natsFolder, natsStoreBytes);
    }

    public Plan behindProxies() {
        return new Plan(nodes, natsServers, true, clocks, natsFolder, natsStoreBytes);
    }

    public Plan withClocks() {
        return new Plan(nodes, natsServers, proxied, true, natsFolder, natsStoreBytes);
    }

    /** @param bytes that nats-server keeps at most */
    public Plan natsIn(@Nullable Path folder, long bytes) {
        return new Plan(nodes, natsServers, proxied, clocks, folder, bytes);
    }
}
