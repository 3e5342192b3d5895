package dev.sandpiper.perf.jmh;

import dev.sandpiper.runtime.events.TopicRule;
import dev.sandpiper.topics.schema.SchemaCompiler;
import dev.sandpiper.topics.schema.SchemaLimits;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Whether a payload fits the schema of its topic: what a publish costs more where a rule has one. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SchemaBenchmark {
    private static final SchemaLimits LIMITS = new SchemaLimits(65_536, 50_000);

    @Param({
        "{\"type\":\"object\"}",
        "{\"type\":\"object\",\"required\":[\"total\"],\"properties\":{\"total\":{\"type\":\"number\",\"minimum\":0}}}",
        "{\"type\":\"object\",\"required\":[\"total\",\"user\",\"items\"],\"properties\":{\"total\":{\"type\":\"number\",\"minimum\":0},"
                + "\"user\":{\"type\":\"object\",\"required\":[\"name\"],\"properties\":{\"name\":{\"type\":\"string\",\"maxLength\":64},"
                + "\"country\":{\"enum\":[\"DE\",\"FR\"]},\"tags\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}}},"
                + "\"items\":{\"type\":\"array\",\"minItems\":1,\"items\":{\"type\":\"object\",\"required\":[\"sku\",\"qty\"],\"properties\":{"
                + "\"sku\":{\"type\":\"string\"},\"qty\":{\"type\":\"integer\",\"minimum\":1}}}}}}"
    })
    private String schema = "";

    private TopicRule.PayloadSchema compiled = json -> List.of();

    /** Compiles it. */
    @Setup
    public void compile() {
        compiled =
                new SchemaCompiler(LIMITS).compile("orders", pattern -> schema).schema();
        if (!fits()) {
            throw new IllegalStateException("the payload does not fit");
        }
    }

    @Benchmark
    public boolean fits() {
        return compiled.violations(Samples.ORDER).isEmpty();
    }
}
