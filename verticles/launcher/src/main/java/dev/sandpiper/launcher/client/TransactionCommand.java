package dev.sandpiper.launcher.client;

import dev.sandpiper.launcher.cli.Console;
import dev.sandpiper.launcher.cli.ExitCode;
import dev.sandpiper.launcher.client.Server.Answer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "transaction",
        description = {
            "Publishes all events of standard input or none of them, and prints a receipt for each, one JSON line.",
            "",
            "One event a line, such as {\"topic\":\"orders\",\"data\":1}, up to 999 of them. Whatever may or may not have been"
                    + " stored is sent again with the same key."
        })
public final class TransactionCommand implements Callable<Integer> {
    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "Stands for the whole: the same key again stores nothing.")
    private @Nullable String key;

    @Override
    public Integer call() {
        Server target = server.server();
        byte[] events;
        try {
            events = System.in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read standard input", e);
        }
        String dedupe = key == null ? UUID.randomUUID().toString() : key;
        for (int attempt = 1; ; attempt++) {
            Answer answer = target.request(
                    "POST", "/v1/events/transaction", "application/x-ndjson", events, "Idempotency-Key", dedupe);
            if (answer.succeeded()) {
                print(new JsonObject(answer.body()).getJsonArray("receipts"));
                return ExitCode.DONE;
            }
            if (attempt == BatchSender.ATTEMPTS || !answer.isTemporary()) {
                throw answer.failure();
            }
            BatchSender.pause(attempt, answer.retryAfterSeconds());
        }
    }

    private static void print(JsonArray receipts) {
        for (int i = 0; i < receipts.size(); i++) {
            Console.OUT.println(receipts.getJsonObject(i).encode());
        }
    }
}
