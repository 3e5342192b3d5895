package dev.sandpiper.perf.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableTest {
    private static final Machine MACHINE =
            new Machine("2 processors", "24 GiB", "Linux", "JDK", "abc", LocalDate.of(2026, 1, 25));
    private static final Row ROW = new Row("F3", "p99", "fanout", "/results/p99_ms", "ms", "≤ 0.8×");

    @TempDir
    private Path folder;

    @Test
    void aLineHasTheMedianTheRatioAndTheCommand() throws Exception {
        Results results = new Results(folder);
        for (double p99 : List.of(9.0, 2.0, 4.0)) {
            results.add(entry("Sandpiper", p99));
        }
        results.add(entry("bare Netty", 4.0));
        results.add(entry("bare Netty", 12.0));

        assertThat(table(results))
                .contains("| F3 | p99 | 4.00 ms | bare Netty 8.00 ms → 0.50× | ≤ 0.8× | `bench fanout` |");
    }

    @Test
    void whatHasNoReportWasNotMeasuredAndWhatFailedIsSaid() throws Exception {
        Results results = new Results(folder);
        results.failed("fanout: of 10 messages 1 were lost");

        assertThat(table(results))
                .contains("| F3 | p99 | not measured |")
                .contains("**Failed:** fanout: of 10 messages 1 were lost");
    }

    @Test
    void aSeriesBecomesAPlot() {
        Results results = new Results(folder);
        for (int step : List.of(1, 2, 4)) {
            ObjectNode report = JsonNodeFactory.instance.objectNode();
            report.putObject("results").put("events_per_second", 1_000 * step);
            results.add(new Entry("nodes@" + step, "Sandpiper", 1, "bench publish", report));
        }

        assertThat(Plots.write(results)).containsExactly(folder.resolve("nodes"));
        assertThat(folder.resolve("nodes.svg")).isNotEmptyFile();
        assertThat(folder.resolve("nodes.png")).isNotEmptyFile();
    }

    private int repetition;

    private Entry entry(String target, double p99) {
        ObjectNode report = JsonNodeFactory.instance.objectNode();
        report.putObject("results").put("p99_ms", p99);
        return new Entry("fanout", target, ++repetition, "bench fanout", report);
    }

    private static String table(Results results) throws Exception {
        return Files.readString(Table.write(results, List.of(ROW), MACHINE, "perf/run", 3, List.of()));
    }
}
