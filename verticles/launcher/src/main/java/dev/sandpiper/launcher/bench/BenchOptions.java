package dev.sandpiper.launcher.bench;

import dev.sandpiper.bench.Bench;
import dev.sandpiper.bench.Parameters;
import dev.sandpiper.bench.Report;
import dev.sandpiper.bench.Scenario;
import dev.sandpiper.bench.load.Progress;
import dev.sandpiper.bench.wire.Payload;
import dev.sandpiper.bench.wire.Protocols;
import dev.sandpiper.launcher.cli.CommandFailure;
import dev.sandpiper.launcher.cli.Console;
import dev.sandpiper.launcher.cli.ExitCode;
import java.net.URI;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What all scenarios can be told. */
final class BenchOptions {
    /** The names of the protocols, for picocli. */
    static final class ProtocolNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Protocols.NAMES.iterator();
        }
    }

    @Option(
            names = "--url",
            split = ",",
            paramLabel = "URL",
            defaultValue = "${env:SANDPIPER_URL:-http://127.0.0.1:8080}",
            description =
                    "The server; several, separated by commas, share the connections. By default SANDPIPER_URL, or"
                            + " http://127.0.0.1:8080.")
    private List<String> urls = List.of();

    @Option(
            names = {"--key", "--api-key"},
            paramLabel = "KEY",
            defaultValue = "${env:SANDPIPER_KEY}",
            description = "The API key; by default SANDPIPER_KEY, which does not show in process lists.")
    private @Nullable String key;

    @Option(
            names = "--protocol",
            paramLabel = "NAME",
            defaultValue = "sandpiper-websocket",
            completionCandidates = ProtocolNames.class,
            description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
    private String protocol = "";

    @Option(
            names = "--path",
            paramLabel = "PATH",
            defaultValue = "/events?topic={topic}",
            description = "Of the stream, with protocol sse; {topic} stands for the topic. Default ${DEFAULT-VALUE}.")
    private String path = "";

    @Option(
            names = "--publish-path",
            paramLabel = "PATH",
            defaultValue = "/publish?topic={topic}",
            description = "Where events are posted, with protocol sse. Default ${DEFAULT-VALUE}.")
    private String publishPath = "";

    @Option(
            names = "--pid",
            split = ",",
            paramLabel = "PID",
            description = "A process of the server on this machine, whose processor time and memory are read.")
    private List<Long> pids = List.of();

    @Option(
            names = "--management",
            split = ",",
            paramLabel = "URL",
            description = "Where the server's /metrics are, to read both from there.")
    private List<URI> management = List.of();

    @Option(names = "--connections", paramLabel = "N", description = "Connections.")
    private @Nullable Integer connections;

    @Option(names = "--topics", paramLabel = "N", description = "Topics.")
    private @Nullable Integer topics;

    @Option(names = "--subscribers", paramLabel = "N", description = "Subscribers of each topic.")
    private @Nullable Integer subscribers;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Events a second in all (connect: connections a second); 0: as fast as the server answers.")
    private @Nullable Double rate;

    @Option(
            names = "--payload",
            paramLabel = "BYTES",
            defaultValue = "128",
            description = "Of an event's data. Default ${DEFAULT-VALUE}.")
    private int payload;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            converter = SecondsConverter.class,
            description = "How long is measured: 10, 10s, 2m, 500ms.")
    private @Nullable Duration duration;

    @Option(
            names = "--warm-up",
            paramLabel = "TIME",
            converter = SecondsConverter.class,
            description = "How long the same is done before, checked but not measured.")
    private @Nullable Duration warmUp;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "1",
            description = "Events in one request, all of one topic and due together. Default ${DEFAULT-VALUE}.")
    private int batch;

    @Option(
            names = "--zipf",
            paramLabel = "S",
            defaultValue = "0",
            description = "Distributes events over topics by Zipf's law with this exponent; 0: each topic in turn.")
    private double zipf;

    @Option(
            names = "--concurrency",
            paramLabel = "N",
            description = "Connections that are being opened at the same time.")
    private @Nullable Integer concurrency;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "1",
            description = "Threads that serve the subscribers. Default ${DEFAULT-VALUE}.")
    private int threads;

    @Option(
            names = "--patience",
            paramLabel = "TIME",
            converter = SecondsConverter.class,
            defaultValue = "5s",
            description = "After so long without any message the missing ones count as lost. Default ${DEFAULT-VALUE}.")
    private Duration patience = Duration.ZERO;

    @Option(names = "--json", description = "Prints one line of JSON and shows no progress.")
    private boolean json;

    /**
     * What a scenario takes where nothing was said; 0 connections for as many as there are subscriptions, 0 topics for as many as
     * there are connections.
     */
    record Defaults(int connections, int topics, int subscribers, double rate, int concurrency, Duration duration) {
        static Defaults of() {
            return new Defaults(0, 1, 1, 50, 200, Duration.ofSeconds(10));
        }

        Defaults connections(int value) {
            return new Defaults(value, topics, subscribers, rate, concurrency, duration);
        }

        Defaults topicEach() {
            return new Defaults(connections, 0, subscribers, rate, concurrency, duration);
        }

        Defaults subscribers(int value) {
            return new Defaults(connections, topics, value, rate, concurrency, duration);
        }

        Defaults rate(double value) {
            return new Defaults(connections, topics, subscribers, value, concurrency, duration);
        }

        Defaults concurrency(int value) {
            return new Defaults(connections, topics, subscribers, rate, value, duration);
        }

        Defaults duration(Duration value) {
            return new Defaults(connections, topics, subscribers, rate, concurrency, value);
        }
    }

    /** Runs the scenario and prints its report. */
    int run(Scenario scenario, Defaults defaults) throws InterruptedException {
        return run(scenario, defaults, List.of(), 0, false);
    }

    /** The same with what only some scenarios can be told. */
    int run(Scenario scenario, Defaults defaults, List<Double> rates, int missed, boolean readBack)
            throws InterruptedException {
        Parameters parameters = parameters(defaults, rates, missed, readBack);
        ProgressBar bar = new ProgressBar();
        Report report = Bench.run(scenario, parameters, json ? Progress.NONE : bar);
        bar.end();
        Console.OUT.print(json ? report.json() + "\n" : report.table());
        Console.OUT.flush();
        if (report.failed() == null) {
            return ExitCode.DONE;
        }
        throw CommandFailure.of("The benchmark failed: " + report.failed());
    }

    private Parameters parameters(Defaults defaults, List<Double> rates, int missed, boolean readBack) {
        if (!Protocols.NAMES.contains(protocol)) {
            throw CommandFailure.wrongUse("--protocol must be one of " + String.join(", ", Protocols.NAMES));
        }
        String credential = key == null || key.isBlank() ? null : key.strip();
        if (credential == null && Protocols.needsKey(protocol)) {
            throw CommandFailure.wrongUse(
                    "No API key: export SANDPIPER_KEY=sp_… first. `./sandpiper dev` prints one for development.");
        }
        int each = atLeast(1, "--subscribers", subscribers == null ? defaults.subscribers() : subscribers);
        int asked = atLeast(
                connections == null ? 0 : 1,
                "--connections",
                connections == null ? defaults.connections() : connections);
        int topicCount =
                atLeast(1, "--topics", topics != null ? topics : defaults.topics() == 0 ? asked : defaults.topics());
        // Only where connections are as many as subscriptions by default can there be too few of them.
        if (defaults.connections() == 0 && asked > 0 && asked < each) {
            throw CommandFailure.wrongUse("--connections cannot be fewer than --subscribers, each is another client");
        }
        Parameters parameters = new Parameters(
                urls.stream().map(BenchOptions::address).toList(),
                protocol,
                credential,
                path,
                publishPath,
                pids,
                management,
                connections(asked, topicCount, each, defaults),
                topicCount,
                each,
                rate == null ? defaults.rate() : rate,
                rates,
                atLeast(Payload.MINIMUM, "--payload", payload),
                duration == null ? defaults.duration() : duration,
                warmUp == null ? Duration.ofSeconds(3) : warmUp,
                atLeast(1, "--batch", batch),
                zipf,
                missed,
                atLeast(1, "--concurrency", concurrency == null ? defaults.concurrency() : concurrency),
                atLeast(1, "--threads", threads),
                patience,
                readBack);
        if (parameters.rate() < 0 || zipf < 0 || parameters.duration().isZero()) {
            throw CommandFailure.wrongUse("--rate and --zipf cannot be negative, and --duration cannot be 0");
        }
        if (batch > 1 && protocol.equals("sse")) {
            throw CommandFailure.wrongUse("--batch needs a server that takes batches, and protocol sse knows none");
        }
        return parameters;
    }

    private static int connections(int asked, int topics, int each, Defaults defaults) {
        if (defaults.connections() > 0) {
            return asked;
        }
        long subscriptions = (long) topics * each;
        return (int) Math.min(asked == 0 ? Integer.MAX_VALUE : asked, subscriptions);
    }

    private static int atLeast(int minimum, String option, int value) {
        if (value < minimum) {
            throw CommandFailure.wrongUse(option + " must be at least " + minimum);
        }
        return value;
    }

    private static URI address(String text) {
        try {
            URI address = URI.create(text.strip().replaceFirst("/+$", ""));
            if ("http".equals(address.getScheme()) && address.getHost() != null) {
                return address;
            }
        } catch (IllegalArgumentException e) {
            throw CommandFailure.wrongUse("The server's address is no URL: " + text);
        }
        throw CommandFailure.wrongUse("The server's address must be like http://127.0.0.1:8080 and not " + text);
    }
}
