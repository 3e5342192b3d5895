package dev.sandpiper.perf.faults;

import dev.sandpiper.perf.faults.report.Finding;
import dev.sandpiper.perf.faults.report.Results;
import dev.sandpiper.perf.faults.scenarios.Catalogue;
import dev.sandpiper.perf.faults.scenarios.Fault;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line. Runs in the root of a checkout. */
@Command(
        name = "perf/faults",
        mixinStandardHelpOptions = true,
        description = {
            "Breaks a whole installation in every way that is promised to be survived, and judges what clients saw; writes a JSON"
                    + " file for each fault and a table to perf/results/.",
            "",
            "Ends with 1 when a promise was broken."
        })
public final class Main implements Callable<Integer> {
    private static final PrintStream OUT = System.out;
    private static final PrintStream ERR = System.err;

    @Option(names = "--list", description = "Names the faults, what is done and what must hold.")
    private boolean list;

    @Option(names = "--only", split = ",", paramLabel = "N", description = "Numbers or names of faults (1,node-kill).")
    private Set<String> only = Set.of();

    @Option(names = "--smoke", description = "Seconds for each: does everything work?")
    private boolean smoke;

    private String invocation = "";

    public static void main(String[] arguments) {
        Main main = new Main();
        main.invocation = ("perf/faults " + String.join(" ", arguments)).strip();
        System.exit(new CommandLine(main).execute(arguments));
    }

    @Override
    public Integer call() {
        List<Fault> faults = (smoke ? Catalogue.smoke() : Catalogue.full())
                .stream().filter(this::isWanted).toList();
        if (faults.isEmpty()) {
            ERR.println("perf/faults: no fault answers to " + String.join(",", only) + "; --list names them");
            return 2;
        }
        if (list) {
            faults.forEach(fault -> OUT.println(
                    fault.number() + "  " + fault.name() + ": " + fault.what() + "\n   must hold: " + fault.promise()));
            return 0;
        }
        var results = new Results(Path.of("perf", smoke ? "target" : "results"), invocation);
        // All of them, whatever becomes of one.
        long broken = faults.stream().filter(fault -> !isKept(fault, results)).count();
        OUT.println(results.writeTable());
        return broken == 0 ? 0 : 1;
    }

    private static boolean isKept(Fault fault, Results results) {
        long begun = System.nanoTime();
        Finding finding;
        try {
            finding = fault.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            finding = new Finding().require(false, "interrupted");
        } catch (Exception | AssertionError e) {
            finding = new Finding().require(false, e.toString());
        }
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        results.add(fault, finding, took);
        ERR.printf("perf/faults: %d %s, %d s%n", fault.number(), fault.name(), took.toSeconds());
        finding.broken().forEach(sentence -> ERR.println("  broken: " + sentence));
        return finding.broken().isEmpty();
    }

    private boolean isWanted(Fault fault) {
        return only.isEmpty() || only.contains(fault.name()) || only.contains(Integer.toString(fault.number()));
    }
}
