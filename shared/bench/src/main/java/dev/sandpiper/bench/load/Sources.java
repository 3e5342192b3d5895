package dev.sandpiper.bench.load;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * Where connections come from. One address has some 28,000 ports for one target; over loopback there are 16 million addresses,
 * so many connections are spread over 127.0.0.0/8, differently by each process.
 */
final class Sources {
    private static final int MANY = 10_000;
    private static final int EACH = 20_000;

    private final boolean spread;
    private final int process = (int) ProcessHandle.current().pid();

    Sources(InetSocketAddress target, int connections) {
        byte[] address = target.getAddress().getAddress();
        this.spread = address.length == 4
                && target.getAddress().isLoopbackAddress()
                && connections > MANY
                && "Linux".equals(System.getProperty("os.name"));
    }

    /** Null to leave it to the system. */
    @Nullable
    InetSocketAddress of(int connection) {
        if (!spread) {
            return null;
        }
        byte[] address = {
            127, (byte) (1 + process / 250 % 250), (byte) (1 + process % 250), (byte) (1 + connection / EACH)
        };
        try {
            return new InetSocketAddress(InetAddress.getByAddress(address), 0);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("Four bytes are an address", e);
        }
    }
}
