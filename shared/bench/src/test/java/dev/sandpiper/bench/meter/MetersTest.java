package dev.sandpiper.bench.meter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class MetersTest {
    @Test
    void aProcessIsReadFromTheSystemAndSeveralAreAddedUp() throws Exception {
        long own = ProcessHandle.current().pid();
        Sample one = sample(own);
        Sample two = sample(own, own);
        assertThat(one.cpuMicros()).isPositive();
        assertThat(one.rssKb()).isGreaterThan(10_000);
        assertThat(two.rssKb()).isGreaterThan(one.rssKb() * 3 / 2);
        assertThat(two.cpuMicros()).isGreaterThanOrEqualTo(one.cpuMicros() * 2);
    }

    @Test
    void aProcessThatIsGoneIsASentence() {
        assertThatThrownBy(() -> sample(4_000_000_000L))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not run");
    }

    @Test
    void metricsOfSandpiperAndOfGoServersAreUnderstood() throws Exception {
        assertThat(MetricsMeter.parse(
                        "# HELP x\nprocess_cpu_time_ns_total 2.5E9\nprocess_memory_resident_bytes{a=\"b\"} 2048.0\n"))
                .isEqualTo(new Sample(2_500_000, 2));
        assertThat(MetricsMeter.parse("process_cpu_seconds_total 1.5\nprocess_resident_memory_bytes 4.096e+06\n"))
                .isEqualTo(new Sample(1_500_000, 4_000));
        assertThatThrownBy(() -> MetricsMeter.parse("up 1\n")).isInstanceOf(IOException.class);
    }

    @Test
    void withoutAnAddressThereIsNoMeter() {
        assertThat(ServerMeter.of(List.of(), List.of())).isNull();
    }

    private static Sample sample(Long... pids) throws IOException, InterruptedException {
        return Objects.requireNonNull(ServerMeter.of(List.of(pids), List.of())).sample();
    }
}
