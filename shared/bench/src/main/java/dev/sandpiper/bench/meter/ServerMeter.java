package dev.sandpiper.bench.meter;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says what a server, all of its processes together, has spent so far. */
@FunctionalInterface
public interface ServerMeter {
    /** @throws IOException when a process or its metrics cannot be read */
    Sample sample() throws IOException, InterruptedException;

    /** By process id when there are any, else by metrics; null when there is neither. */
    static @Nullable ServerMeter of(List<Long> pids, List<URI> management) {
        if (!pids.isEmpty()) {
            return all(pids.stream().map(ProcessMeter::new).toList());
        }
        return management.isEmpty()
                ? null
                : all(management.stream().map(MetricsMeter::new).toList());
    }

    private static ServerMeter all(List<? extends ServerMeter> meters) {
        return () -> {
            Sample sum = new Sample(0, 0);
            for (ServerMeter meter : meters) {
                sum = sum.plus(meter.sample());
            }
            return sum;
        };
    }
}
