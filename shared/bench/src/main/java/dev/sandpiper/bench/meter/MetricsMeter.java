package dev.sandpiper.bench.meter;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** One process by its Prometheus text at {@code /metrics}: Sandpiper's names, or those of Go's and others' client libraries. */
final class MetricsMeter implements ServerMeter {
    private static final double NANOS_PER_MICRO = 1e3;
    private static final double MICROS_PER_SECOND = 1e6;
    private static final double BYTES_PER_KB = 1024;
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final URI address;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** @param management without {@code /metrics} */
    MetricsMeter(URI management) {
        this.address = URI.create(management.toString().replaceFirst("/+$", "") + "/metrics");
    }

    @Override
    public Sample sample() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(address).timeout(LIMIT).build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException(address + " answered HTTP " + response.statusCode());
        }
        return parse(response.body());
    }

    static Sample parse(String metrics) throws IOException {
        double cpu = Double.NaN;
        double rss = Double.NaN;
        for (String line : metrics.lines().toList()) {
            int name = endOfName(line);
            switch (line.substring(0, name)) {
                case "process_cpu_time_ns_total" -> cpu = value(line) / NANOS_PER_MICRO;
                case "process_cpu_seconds_total" -> cpu = value(line) * MICROS_PER_SECOND;
                case "process_memory_resident_bytes", "process_resident_memory_bytes" ->
                    rss = value(line) / BYTES_PER_KB;
                default -> {}
            }
        }
        if (Double.isNaN(cpu) || Double.isNaN(rss)) {
            throw new IOException("the metrics say nothing of processor time and resident memory");
        }
        return new Sample(Math.round(cpu), Math.round(rss));
    }

    private static int endOfName(String line) {
        int end = 0;
        while (end < line.length() && line.charAt(end) != '{' && line.charAt(end) != ' ') {
            end++;
        }
        return end;
    }

    private static double value(String line) {
        return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
    }
}
