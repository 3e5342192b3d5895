package dev.sandpiper.runtime.management;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the process holds in memory as the kernel sees it: heap, direct buffers, stacks and all. Linux only. */
final class ResidentMemory {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String LABEL = "VmRSS:";

    private ResidentMemory() {}

    static void bindTo(MeterRegistry registry) {
        if (Files.isReadable(STATUS)) {
            Gauge.builder("process.memory.resident", ResidentMemory::bytes)
                    .baseUnit("bytes")
                    .description("Resident memory of the process")
                    .register(registry);
        }
    }

    private static double bytes() {
        try {
            for (String line : Files.readAllLines(STATUS)) {
                if (line.startsWith(LABEL)) {
                    String kibibytes = line.substring(LABEL.length()).strip().split(" ")[0];
                    return Long.parseLong(kibibytes) * 1024d;
                }
            }
            return Double.NaN;
        } catch (IOException e) {
            return Double.NaN;
        }
    }
}
