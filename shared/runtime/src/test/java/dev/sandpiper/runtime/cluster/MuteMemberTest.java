package dev.sandpiper.runtime.cluster;

import static dev.sandpiper.runtime.cluster.LocalCluster.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandpiper.testkit.Eventually;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A member whose system takes connections while it says nothing itself: frozen, or so busy that it might as well be. */
class MuteMemberTest {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @Test
    void whoJoinsFindsTheOthersAndKeepsItsProcessorFree() throws Exception {
        List<Integer> ports = List.of(LocalCluster.freePort(), LocalCluster.freePort(), LocalCluster.freePort());
        List<String> members = ports.stream().map(port -> "127.0.0.1:" + port).toList();
        Vertx first = await(start(ports.get(0), members));
        Membership membership = await(Membership.watch(first, "first", Duration.ofMillis(200), 1_000, () -> {}));
        try (var mute = new ServerSocket(ports.get(2), 50, InetAddress.getLoopbackAddress())) {
            long began = System.nanoTime();

            Vertx second = await(start(ports.get(1), members));

            Eventually.await("both are members", PATIENCE, () -> membership.size() == 2);
            assertThat(processorTimeOfOutput())
                    .as("of the threads that write to other members")
                    .isLessThan(Duration.ofNanos(System.nanoTime() - began).dividedBy(4));
            await(second.close());
        }
        await(membership.close());
        await(first.close());
    }

    private static Future<Vertx> start(int port, List<String> members) {
        return LocalCluster.start(LocalCluster.config("mute-" + members.getFirst(), port, members));
    }

    private static Duration processorTimeOfOutput() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return Duration.ofNanos(Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                .filter(Objects::nonNull)
                .filter(thread -> thread.getThreadName().contains("IO.thread-out"))
                .mapToLong(ThreadInfo::getThreadId)
                .map(threads::getThreadCpuTime)
                .sum());
    }
}
