package dev.sandpiper.launcher;

import dev.sandpiper.launcher.bench.BenchCommand;
import dev.sandpiper.launcher.cli.CommandFailure;
import dev.sandpiper.launcher.cli.Console;
import dev.sandpiper.launcher.cli.ExitCode;
import dev.sandpiper.launcher.client.AuditCommand;
import dev.sandpiper.launcher.client.ConsumersCommand;
import dev.sandpiper.launcher.client.DeadLettersCommand;
import dev.sandpiper.launcher.client.ExportCommand;
import dev.sandpiper.launcher.client.HistoryCommand;
import dev.sandpiper.launcher.client.ImportCommand;
import dev.sandpiper.launcher.client.IssuersCommand;
import dev.sandpiper.launcher.client.KeysCommand;
import dev.sandpiper.launcher.client.ProjectsCommand;
import dev.sandpiper.launcher.client.PublishCommand;
import dev.sandpiper.launcher.client.RetentionCommand;
import dev.sandpiper.launcher.client.ScheduleCommand;
import dev.sandpiper.launcher.client.StreamsCommand;
import dev.sandpiper.launcher.client.SubscribeCommand;
import dev.sandpiper.launcher.client.TenantsCommand;
import dev.sandpiper.launcher.client.TokensCommand;
import dev.sandpiper.launcher.client.TopicsCommand;
import dev.sandpiper.launcher.client.TransactionCommand;
import dev.sandpiper.launcher.dev.DevCommand;
import dev.sandpiper.launcher.doctor.DoctorCommand;
import dev.sandpiper.runtime.config.InvalidSettings;
import dev.sandpiper.schema.SchemaMigrationException;
import dev.sandpiper.services.ServiceFailure;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ScopeType;

/** {@code sandpiper <command>}. */
@Command(
        name = "sandpiper",
        description = "Publish an event; every subscriber gets it, in order, and nothing is lost.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = VersionProvider.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:wrong use", "130:interrupted"},
        subcommands = {
            DevCommand.class,
            NodeCommand.class,
            PublishCommand.class,
            TransactionCommand.class,
            SubscribeCommand.class,
            HistoryCommand.class,
            ExportCommand.class,
            ImportCommand.class,
            ScheduleCommand.class,
            TenantsCommand.class,
            ProjectsCommand.class,
            KeysCommand.class,
            IssuersCommand.class,
            TokensCommand.class,
            TopicsCommand.class,
            DeadLettersCommand.class,
            ConsumersCommand.class,
            RetentionCommand.class,
            StreamsCommand.class,
            AuditCommand.class,
            BenchCommand.class,
            DoctorCommand.class,
            VersionCommand.class,
            CompletionCommand.class,
            HelpCommand.class
        })
public final class Main {
    private Main() {}

    public static void main(String... arguments) {
        System.exit(run(arguments));
    }

    private static int run(String... arguments) {
        CommandLine line = new CommandLine(new Main())
                .setOut(new PrintWriter(Console.OUT, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(Console.ERR, true, StandardCharsets.UTF_8))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, result) -> explain(failure));
        return line.execute(arguments);
    }

    private static int explain(Exception failure) {
        switch (failure) {
            case CommandFailure known -> {
                Console.ERR.println("sandpiper: " + known.getMessage());
                return known.exitCode();
            }
            case ServiceFailure known -> Console.ERR.println("sandpiper: " + known.getMessage());
            case SchemaMigrationException known -> Console.ERR.println("sandpiper: " + known.getMessage());
            case InvalidSettings settings -> {
                Console.ERR.println("sandpiper: the configuration cannot be used:");
                settings.faults().forEach(fault -> Console.ERR.println("  " + fault));
            }
            default -> {
                Console.ERR.println("sandpiper: this should not have happened: " + failure);
                failure.printStackTrace(Console.ERR);
            }
        }
        return ExitCode.FAILED;
    }
}
