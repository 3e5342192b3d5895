package dev.sandpiper.launcher.client;

import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.launcher.cli.CommandFailure;
import dev.sandpiper.launcher.cli.Console;
import dev.sandpiper.launcher.cli.ExitCode;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "import",
        description = {
            "Publishes events that were exported, from standard input, one JSON line each.",
            "",
            "Each event's id is its dedupe key, so that lines that were stored already are recognised within the server's dedupe"
                    + " window. Ids, times and senders are new ones."
        })
public final class ImportCommand implements Callable<Integer> {
    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Option(
            names = "--topic",
            paramLabel = "TOPIC",
            description = "Where to publish; by default where each event came from.")
    private @Nullable String topic;

    @Option(
            names = "--skip",
            paramLabel = "LINES",
            description = "Passes over so many lines, which an earlier import has stored.")
    private long skip;

    private final Progress progress = new Progress("events");
    private long line;
    private long stored;
    private long known;
    private long refused;

    @Override
    public Integer call() {
        var batch = new BatchSender(server.server(), new BatchSender.Results() {
            @Override
            public void stored(JsonObject receipt) {
                if (receipt.getBoolean("duplicate", false)) {
                    known++;
                } else {
                    stored++;
                }
            }

            @Override
            public void refused(JsonObject error) {
                refused++;
                Console.ERR.println("sandpiper: " + Server.Answer.describe(error));
            }
        });
        long safe = skip;
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String text = lines.readLine(); text != null; text = lines.readLine()) {
                line++;
                String item = line <= skip ? null : item(text);
                if (item == null) {
                    continue;
                }
                batch.add(item);
                if (batch.isFull()) {
                    long sent = batch.size();
                    batch.flush();
                    safe = line;
                    progress.add(sent);
                }
            }
            batch.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read standard input", e);
        } catch (CommandFailure e) {
            Console.ERR.println("sandpiper: go on with --skip " + safe);
            throw e;
        }
        progress.end();
        Console.ERR.println("sandpiper: " + stored + " stored, " + known + " known already, " + refused + " refused");
        return refused == 0 ? ExitCode.DONE : ExitCode.FAILED;
    }

    /** An event to publish; null for a line that is none. */
    private @Nullable String item(String text) {
        if (text.isBlank()) {
            return null;
        }
        try {
            ExportedEvent event = ExportedEvent.read(text);
            return event == null ? null : event.publishedTo(topic);
        } catch (PlatformException e) {
            throw CommandFailure.of("Line " + line + " is no exported event: " + e.getMessage());
        }
    }
}
