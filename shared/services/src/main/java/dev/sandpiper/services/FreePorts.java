package dev.sandpiper.services;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports nobody listens on. They lie below the range from which the kernel takes the ports of outgoing connections, so a
 * server that is down for a moment finds its port free when it comes back.
 */
public final class FreePorts {
    private static final int LOWEST = 12_000;
    private static final int HIGHEST = 32_000;
    private static final byte[] LOOPBACK = {127, 0, 0, 1};
    private static final Set<Integer> given = new HashSet<>();

    private FreePorts() {}

    /** One port on 127.0.0.1; never the same twice in this JVM. */
    public static synchronized int next() {
        for (int attempt = 0; attempt < 1_000; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
            if (!given.contains(port) && isFree(port)) {
                given.add(port);
                return port;
            }
        }
        throw new ServiceFailure("No free port was found between " + LOWEST + " and " + HIGHEST);
    }

    /** @throws ServiceFailure when something listens on that port of 127.0.0.1 */
    static void require(String service, int port) {
        if (!isFree(port)) {
            throw new ServiceFailure(service + " cannot listen on port " + port
                    + " of 127.0.0.1 because something else does; stop that, or name another port");
        }
    }

    /** Whether one could listen on that port of 127.0.0.1 now. */
    public static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
