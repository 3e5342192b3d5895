package dev.sandpiper.launcher.doctor;

import dev.sandpiper.launcher.cli.Console;
import dev.sandpiper.launcher.cli.ExitCode;
import dev.sandpiper.launcher.doctor.Finding.Grade;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "doctor",
        description = {
            "Looks at this machine and at the servers that SANDPIPER_* variables name, and says what to do.",
            "",
            "Ends with 1 when something is in the way."
        })
public final class DoctorCommand implements Callable<Integer> {
    @Option(
            names = "--fetch",
            description = "Gets a nats-server when there is none, as dev would; afterwards dev needs no network.")
    private boolean fetch;

    @Override
    public Integer call() {
        List<Finding> findings = new ArrayList<>(List.of(
                MachineChecks.java(),
                MachineChecks.kernel(),
                MachineChecks.memory(),
                MachineChecks.transport(),
                MachineChecks.descriptors(),
                MachineChecks.port("--port", 8_080),
                MachineChecks.port("--management-port", 9_090),
                MachineChecks.cache(),
                MachineChecks.data(),
                ServiceChecks.postgres(),
                ServiceChecks.nats(fetch)));
        String server = System.getenv("SANDPIPER_URL");
        if (server != null && !server.isBlank()) {
            findings.add(ServiceChecks.server(server));
        }
        findings.forEach(DoctorCommand::print);
        boolean works = findings.stream().noneMatch(finding -> finding.grade() == Grade.BAD);
        Console.OUT.println(works ? "Sandpiper runs here." : "Sandpiper does not run here yet.");
        return works ? ExitCode.DONE : ExitCode.FAILED;
    }

    private static void print(Finding finding) {
        String mark = switch (finding.grade()) {
            case GOOD -> "ok  ";
            case FAIR -> "note";
            case BAD -> "FAIL";
        };
        Console.OUT.printf(Locale.ROOT, "%s  %-12s %s%n", mark, finding.subject(), finding.text());
        if (!finding.advice().isEmpty()) {
            Console.OUT.printf(Locale.ROOT, "      %-12s → %s%n", "", finding.advice());
        }
    }
}
