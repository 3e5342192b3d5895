package dev.sandpiper.perf.scenarios;

import dev.sandpiper.perf.servers.Target;
import dev.sandpiper.perf.servers.Transport;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Another bench meanwhile, started again whenever it ends. Its clients have the lowest priority: what they do to the node counts,
 * not what they take from its processors.
 */
final class BackgroundBench implements Disturbance {
    /** Nothing at all. */
    static final Maker SILENCE = lease -> () -> {};

    private final Thread loop;
    private volatile @Nullable Bench running;
    private volatile boolean over;

    private BackgroundBench(Target target, String scenario, List<String> options) {
        this.loop = Thread.ofVirtual().start(() -> {
            while (!over) {
                Bench next = Bench.startModest(target, Transport.WEBSOCKET, scenario, options);
                running = next;
                next.child().process().onExit().join();
            }
        });
    }

    static Maker of(String scenario, List<String> options) {
        return lease -> new BackgroundBench(lease.target(1), scenario, options);
    }

    static Maker ofNeighbour(String scenario, List<String> options) {
        return lease -> new BackgroundBench(lease.neighbour(), scenario, options);
    }

    @Override
    public void close() throws InterruptedException {
        over = true;
        Bench last = running;
        if (last != null) {
            last.close();
        }
        loop.join();
    }
}
