package dev.sandpiper.perf.jmh;

import dev.sandpiper.domain.Topic;
import dev.sandpiper.runtime.nats.Subjects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Topics to subjects and back, with and without characters that need an escape. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SubjectBenchmark {
    private final Subjects subjects = new Subjects("");

    @Param({"chat:room-123", "grüße:100%"})
    public String name = "";

    private Topic topic = Samples.TOPIC;
    private String subject = "";

    @Setup
    public void prepare() {
        topic = new Topic(name);
        subject = subjects.live(Samples.TENANT, Samples.PROJECT, topic);
    }

    @Benchmark
    public String map() {
        return subjects.live(Samples.TENANT, Samples.PROJECT, topic);
    }

    @Benchmark
    public Subjects.Address parse() {
        return subjects.parse(subject);
    }
}
