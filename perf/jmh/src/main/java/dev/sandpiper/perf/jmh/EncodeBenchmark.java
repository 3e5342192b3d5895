package dev.sandpiper.perf.jmh;

import dev.sandpiper.domain.CursorCodec;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.protocol.EventEncoders;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** An event to the bytes of each wire format. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EncodeBenchmark {
    private final EventEncoders encoders = new EventEncoders(new CursorCodec(new byte[32]));
    private final StoredEvent known = Samples.event();

    @Benchmark
    public byte[] webSocketOnce() {
        return encoders.webSocket(Samples.event());
    }

    @Benchmark
    public byte[] sseOnce() {
        return encoders.sse(Samples.event());
    }

    /** What every further subscriber pays. */
    @Benchmark
    public byte[] webSocketAgain() {
        return encoders.webSocket(known);
    }
}
