package dev.sandpiper.perf;

import dev.sandpiper.perf.report.Machine;
import dev.sandpiper.perf.report.Plots;
import dev.sandpiper.perf.report.Results;
import dev.sandpiper.perf.report.Row;
import dev.sandpiper.perf.report.Table;
import dev.sandpiper.perf.scenarios.BenchFailure;
import dev.sandpiper.perf.scenarios.Catalogue;
import dev.sandpiper.perf.scenarios.Scenario;
import dev.sandpiper.perf.scenarios.Size;
import dev.sandpiper.perf.scenarios.Stage;
import dev.sandpiper.perf.servers.Programs;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line of the harness. Runs in the root of a checkout. */
@Command(
        name = "perf/run",
        mixinStandardHelpOptions = true,
        description = {
            "Runs every scenario against Sandpiper, Centrifugo when there is one, and the bare libraries; writes reports, a"
                    + " table and plots to perf/results/.",
            "",
            "Ends with 1 when a scenario failed: a bench that lost, repeated or reordered a message does not count."
        })
public final class Main implements Callable<Integer> {
    private static final PrintStream OUT = System.out;
    private static final PrintStream ERR = System.err;
    private static final String CENTRIFUGO = "centrifugo";
    private static final int TOGETHER = 3;

    @Option(
            names = "--repetitions",
            paramLabel = "N",
            defaultValue = "5",
            description = "Of each measurement; the median counts. Default: ${DEFAULT-VALUE}.")
    private int repetitions;

    @Option(names = "--quick", description = "Half the time for each, fewer steps.")
    private boolean quick;

    @Option(
            names = "--smoke",
            description = "A second or so for each, once, on one installation: does everything work?")
    private boolean smoke;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "NAME",
            description = "Numbers of targets (F2,F4) or names of scenarios (fanout-sse).")
    private Set<String> only = Set.of();

    @Option(
            names = "--peer",
            paramLabel = "centrifugo=PATH",
            description = "The program to compare with; by default centrifugo from the PATH, when it is there.")
    private @Nullable String peer;

    @Option(names = "--list", description = "Names the scenarios and what they answer.")
    private boolean list;

    public static void main(String[] arguments) {
        System.setProperty("java.awt.headless", "true");
        Main main = new Main();
        main.invocation = String.join(" ", arguments);
        System.exit(new CommandLine(main).execute(arguments));
    }

    private String invocation = "";

    @Override
    public Integer call() {
        Size size = smoke ? Size.SMOKE : quick ? Size.QUICK : Size.FULL;
        List<Scenario> scenarios =
                Catalogue.of(size).stream().filter(this::isWanted).toList();
        if (scenarios.isEmpty()) {
            ERR.println("perf/run: no scenario answers to " + String.join(",", only) + "; --list names them");
            return 2;
        }
        if (list) {
            scenarios.forEach(scenario -> OUT.println(scenario.name() + "  " + ids(scenario)));
            return 0;
        }
        Machine machine = Machine.here();
        Path program = peer();
        List<String> notes = notes(program);
        notes.forEach(ERR::println);
        Results results = new Results(folder(machine));
        int times = smoke ? 1 : repetitions;
        try (Stage stage = new Stage(size, times, results, program)) {
            if (smoke) {
                playTogether(scenarios, stage, results);
            } else {
                scenarios.forEach(scenario -> play(scenario, stage, results));
            }
        }
        List<Row> rows =
                scenarios.stream().flatMap(scenario -> scenario.rows().stream()).toList();
        Path table = Table.write(results, rows, machine, ("perf/run " + invocation).strip(), times, notes);
        Plots.write(results);
        OUT.println(table);
        results.failures().forEach(failure -> ERR.println("perf/run: failed: " + failure));
        return results.failures().isEmpty() ? 0 : 1;
    }

    /** Several at a time: they mostly wait, and nobody reads their figures. */
    private static void playTogether(List<Scenario> scenarios, Stage stage, Results results) {
        try (ExecutorService threads = Executors.newFixedThreadPool(TOGETHER)) {
            scenarios.forEach(scenario -> threads.execute(() -> play(scenario, stage, results)));
        }
    }

    /** What becomes of one scenario does not keep the others from being played. */
    private static void play(Scenario scenario, Stage stage, Results results) {
        long start = System.nanoTime();
        try {
            scenario.run(stage);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            results.failed(scenario.name() + ": interrupted");
        } catch (BenchFailure | RuntimeException e) {
            results.failed(scenario.name() + ": " + e.getMessage());
        }
        ERR.printf("perf/run: %s, %.1f s%n", scenario.name(), (System.nanoTime() - start) / 1e9);
    }

    private boolean isWanted(Scenario scenario) {
        return only.isEmpty()
                || only.contains(scenario.name())
                || scenario.rows().stream().anyMatch(row -> only.contains(row.id()));
    }

    private static String ids(Scenario scenario) {
        return String.join(",", scenario.rows().stream().map(Row::id).distinct().toList());
    }

    private @Nullable Path peer() {
        if (smoke) {
            return null;
        }
        String named = peer;
        if (named == null) {
            return Programs.onPath(CENTRIFUGO).orElse(null);
        }
        Path program = Path.of(named.replaceFirst("^" + CENTRIFUGO + "=", ""));
        if (!Files.isExecutable(program)) {
            throw new IllegalArgumentException("there is no program at " + program);
        }
        return program;
    }

    private List<String> notes(@Nullable Path program) {
        List<String> notes = new ArrayList<>();
        if (smoke) {
            notes.add("A smoke run: it shows that everything works, and its figures mean nothing.");
        } else if (program == null) {
            notes.add(
                    "There is no peer on this machine: compared with the limits only. --peer centrifugo=PATH names one.");
        } else if (Programs.onPath("redis-server").isEmpty()) {
            notes.add("There is no redis-server on this machine: the peer was not measured with Redis.");
        }
        return notes;
    }

    private Path folder(Machine machine) {
        try {
            Path root =
                    Files.createDirectories(smoke ? Path.of("perf", "target", "smoke") : Path.of("perf", "results"));
            Path folder = root.resolve(machine.date().toString());
            for (int i = 2; Files.exists(folder); i++) {
                folder = root.resolve(machine.date() + "-" + i);
            }
            return Files.createDirectory(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
