package dev.sandpiper.perf.jmh;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.CursorCodec;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Positions to opaque strings and back, with the tag that keeps clients from making them up. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CursorBenchmark {
    private final CursorCodec codec = new CursorCodec(new byte[32]);
    private final String text = codec.encode(Samples.TENANT, Samples.PROJECT, new Cursor(7, 42));
    private long sequence;

    @Benchmark
    public String encode() {
        return codec.encode(Samples.TENANT, Samples.PROJECT, new Cursor(7, sequence++));
    }

    @Benchmark
    public Cursor decode() {
        return codec.decode(Samples.TENANT, Samples.PROJECT, text);
    }
}
