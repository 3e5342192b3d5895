package dev.sandpiper.bench;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run is asked to do. A scenario passes over what does not concern it.
 *
 * @param urls the servers, {@code http://host:port}; connections are dealt to them in turn
 * @param protocol as on the command line, such as {@code sandpiper-websocket}
 * @param key the credential, null for none
 * @param path of the stream, for protocol {@code sse}; <code>{topic}</code> stands for the topic
 * @param publishPath where to publish, for protocol {@code sse}; likewise
 * @param pids the server's processes, on this machine
 * @param management where the server's metrics are, when its processes are elsewhere
 * @param connections subscribers' or publishers' connections, by scenario
 * @param subscribers of each topic
 * @param rate events a second, or connections a second in {@code connect}; 0 for as fast as the server answers
 * @param rates of {@code latency}, one after the other
 * @param payload bytes of an event's data
 * @param duration of the measured phase
 * @param batch events in one request
 * @param zipf the exponent of the distribution of events over topics; 0 for each in turn
 * @param missed events of each topic that a resuming client has missed
 * @param concurrency connections that are being opened at the same time
 * @param threads that serve the subscribers' connections
 * @param patience after so long without a message the missing ones are lost
 * @param readBack whether {@code publish} reads the stream back afterwards
 */
public record Parameters(
        List<URI> urls,
        String protocol,
        @Nullable String key,
        String path,
        String publishPath,
        List<Long> pids,
        List<URI> management,
        int connections,
        int topics,
        int subscribers,
        double rate,
        List<Double> rates,
        int payload,
        Duration duration,
        Duration warmUp,
        int batch,
        double zipf,
        int missed,
        int concurrency,
        int threads,
        Duration patience,
        boolean readBack) {

    /** For the report: everything but the key. */
    Map<String, Object> described() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("url", urls.stream().map(URI::toString).toList());
        all.put("connections", connections);
        all.put("topics", topics);
        all.put("subscribers", subscribers);
        all.put("rate", rate);
        all.put("rates", rates);
        all.put("payload", payload);
        all.put("duration_seconds", duration.toMillis() / 1e3);
        all.put("warm_up_seconds", warmUp.toMillis() / 1e3);
        all.put("batch", batch);
        all.put("zipf", zipf);
        all.put("missed", missed);
        all.put("concurrency", concurrency);
        all.put("threads", threads);
        return all;
    }

    @Override
    public String toString() {
        return "Parameters" + described();
    }
}
