package dev.sandpiper.bench;

import dev.sandpiper.bench.load.Progress;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/** Short runs. */
final class Small {
    private Small() {}

    /** 2 topics, 5 subscribers each, 100 events a second for half a second. */
    static Parameters parameters(URI url, String protocol) {
        return with(url, protocol, 10, 1, 100);
    }

    static Parameters with(URI url, String protocol, int connections, int batch, double rate) {
        return with(url, protocol, "/publish?topic={topic}", connections, batch, rate);
    }

    static Parameters withoutPublishing(URI url) {
        return with(url, "sse", "", 10, 1, 100);
    }

    private static Parameters with(
            URI url, String protocol, String publishPath, int connections, int batch, double rate) {
        return new Parameters(
                List.of(url),
                protocol,
                "secret-key",
                "/events?topic={topic}",
                publishPath,
                List.of(),
                List.of(),
                connections,
                2,
                5,
                rate,
                List.of(50.0, 100.0),
                64,
                Duration.ofMillis(500),
                Duration.ofMillis(100),
                batch,
                0,
                20,
                50,
                1,
                Duration.ofSeconds(1),
                false);
    }

    static Report run(Scenario scenario, Parameters parameters) throws InterruptedException {
        return Bench.run(scenario, parameters, Progress.NONE);
    }

    static double number(Report report, String result) {
        return report.results().get(result) instanceof Number number ? number.doubleValue() : Double.NaN;
    }
}
