package dev.sandpiper.launcher.client;

import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.launcher.cli.CommandFailure;
import dev.sandpiper.launcher.cli.Console;
import dev.sandpiper.launcher.cli.ExitCode;
import dev.sandpiper.protocol.StrictJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "publish",
        description = {
            "Publishes events and prints a receipt for each, one JSON line.",
            "",
            "An event that may or may not have been stored is sent again with the same dedupe key."
        })
public final class PublishCommand implements Callable<Integer> {
    private static final String FROM_STDIN = "-";

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Parameters(index = "0", paramLabel = "TOPIC", description = "Where to publish.")
    private String topic = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            defaultValue = "null",
            paramLabel = "JSON",
            description = "The event's data; - reads one JSON value per line from standard input. Default: null.")
    private String data = "";

    @Option(names = "--event", paramLabel = "NAME", description = "The event's name; the server's default is message.")
    private @Nullable String event;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "A dedupe key: the same key again stores nothing. Not with standard input.")
    private @Nullable String key;

    @Option(
            names = "--header",
            paramLabel = "NAME=VALUE",
            description = "What else there is to say about the event; may be given several times.")
    private Map<String, String> headers = Map.of();

    @Option(names = "--class", paramLabel = "CLASS", description = "durable, ephemeral or exactly-once.")
    private @Nullable String deliveryClass;

    @Option(names = "--ttl", paramLabel = "DURATION", description = "After which the event is forgotten, such as 12h.")
    private @Nullable String ttl;

    @Option(
            names = "--if-last-cursor",
            paramLabel = "CURSOR",
            description = "Only if the topic has no event behind it; an empty one for a topic without events. Not with"
                    + " standard input.")
    private @Nullable String ifLastCursor;

    @Option(
            names = "--deliver-at",
            paramLabel = "TIME",
            description = "Publish it then, such as 2027-01-31T00:00:00Z. Not with standard input.")
    private @Nullable String deliverAt;

    @Override
    public Integer call() {
        PublishBatch batch = new PublishBatch(server.server(), topic, event, headers, deliveryClass, ttl, ifLastCursor);
        if (data.equals(FROM_STDIN) && (ifLastCursor != null || deliverAt != null)) {
            throw CommandFailure.wrongUse("--if-last-cursor and --deliver-at are for one event");
        }
        if (data.equals(FROM_STDIN)) {
            if (key != null) {
                throw CommandFailure.wrongUse("--key names one event, and standard input may hold many");
            }
            return publishLines(batch);
        }
        String fault = jsonFault(data);
        if (fault != null) {
            throw CommandFailure.wrongUse(fault + ". Text is JSON only in quotes, such as '\"hello\"'");
        }
        String dedupe = key == null ? UUID.randomUUID().toString() : key;
        if (deliverAt != null) {
            batch.schedule(data, dedupe, deliverAt);
            return ExitCode.DONE;
        }
        batch.add(data, dedupe);
        return batch.flush() ? ExitCode.DONE : ExitCode.FAILED;
    }

    private int publishLines(PublishBatch batch) {
        boolean allStored = true;
        String run = UUID.randomUUID().toString();
        long number = 0;
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (line.isBlank()) {
                    continue;
                }
                String fault = jsonFault(line);
                if (fault != null) {
                    Console.ERR.println("sandpiper: line " + number + ": " + fault);
                    allStored = false;
                    continue;
                }
                batch.add(line, run + "-" + number);
                // Somebody who types wants each answer at once; a pipe is read ahead.
                if (batch.isFull() || !lines.ready()) {
                    allStored &= batch.flush();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read standard input", e);
        }
        allStored &= batch.flush();
        return allStored ? ExitCode.DONE : ExitCode.FAILED;
    }

    private static @Nullable String jsonFault(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try (StrictJson json = StrictJson.read(bytes, 0, bytes.length)) {
            json.first();
            json.skipCurrent();
            json.end();
            return null;
        } catch (PlatformException e) {
            return e.getMessage() + ": " + text;
        }
    }
}
