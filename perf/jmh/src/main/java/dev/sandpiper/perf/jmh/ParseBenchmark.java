package dev.sandpiper.perf.jmh;

import dev.sandpiper.protocol.ClientFrame;
import dev.sandpiper.protocol.ClientFrames;
import dev.sandpiper.protocol.PublishBody;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What clients send: the body of a publish, and frames. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ParseBenchmark {
    private final byte[] publish = Samples.ascii("{\"topic\":\"chat:room-123\",\"event\":\"new-message\",\"data\":"
            + new String(Samples.DATA, StandardCharsets.US_ASCII) + "}");
    private final byte[] subscribe =
            Samples.ascii("{\"type\":\"subscribe\",\"id\":\"1\",\"channel\":\"chat:room-123\"}");

    @Benchmark
    public PublishBody publishBody() {
        return PublishBody.parse(publish, 0, publish.length);
    }

    @Benchmark
    public ClientFrame subscribeFrame() {
        return ClientFrames.parseText(subscribe, 0, subscribe.length);
    }
}
