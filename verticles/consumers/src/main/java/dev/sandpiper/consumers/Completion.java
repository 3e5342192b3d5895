package dev.sandpiper.consumers;

import dev.sandpiper.consumers.DeliveryLedger.Decided;
import dev.sandpiper.consumers.DeliveryLedger.Decision;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.CursorCodec;
import dev.sandpiper.domain.KeyId;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.domain.Scope;
import dev.sandpiper.protocol.JsonBytes;
import dev.sandpiper.protocol.ReceiptJson;
import dev.sandpiper.runtime.events.Publisher;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Carries out what was decided about an event: publishes its outputs, tells JetStream, notes that nothing remains. Each step may
 * be done again, by anybody: the outputs stand in the decision, so that they are the same for whoever publishes them, under
 * keys that depend on nothing but the event.
 */
final class Completion {
    private final ConsumerStream stream;
    private final DeliveryLedger ledger;
    private final Publisher publisher;
    private final DeliveryTokens tokens;
    private final CursorCodec cursors;
    private final ConsumerMetrics metrics;
    private final Duration forgetful;

    /** @param dedupeWindow how long the stream recognises a repeated key */
    Completion(
            ConsumerStream stream,
            DeliveryLedger ledger,
            Publisher publisher,
            DeliveryTokens tokens,
            CursorCodec cursors,
            Duration dedupeWindow,
            ConsumerMetrics metrics) {
        this.stream = stream;
        this.ledger = ledger;
        this.publisher = publisher;
        this.tokens = tokens;
        this.cursors = cursors;
        this.metrics = metrics;
        this.forgetful = dedupeWindow.dividedBy(2);
    }

    /** @return receipts of the outputs, a JSON array; null without outputs. When it fails, it can be tried again */
    Future<byte @Nullable []> finish(Decided decided) {
        if (decided.finished()) {
            // JetStream has forgotten what it confirmed, or the caller did not hear of it.
            return settle(decided).map(decided.receipts());
        }
        return publish(decided)
                .compose(receipts -> settle(decided)
                        .compose(settled -> ledger.finish(decided.of(), List.of(decided.source()), receipts))
                        .map(receipts));
    }

    /** The middle step: tells JetStream. */
    Future<Void> settle(Decided decided) {
        if (!decided.alive()) {
            return Future.succeededFuture();
        }
        Decision decision = decided.decision();
        return switch (decision.kind()) {
            case ACK -> stream.acknowledge(decided.reply());
            case TERM -> stream.terminate(decided.reply(), decision.reason());
        };
    }

    private Future<byte @Nullable []> publish(Decided decided) {
        byte[] outputs = decided.decision().outputs();
        if (outputs == null) {
            return Future.succeededFuture(null);
        }
        List<PublishCommand> commands = commands(decided, outputs);
        boolean late = decided.age().compareTo(forgetful) > 0;
        List<Future<PublishReceipt>> published = new ArrayList<>(commands.size());
        for (PublishCommand command : commands) {
            published.add(
                    late
                            ? stream.published(command, decided.decision().publishedFrom())
                                    .compose(found ->
                                            found == null ? publisher.publish(command) : Future.succeededFuture(found))
                            : publisher.publish(command));
        }
        return Future.join(published).map(all -> {
            metrics.published.increment(commands.size());
            return receipts(decided.of(), all.list());
        });
    }

    private List<PublishCommand> commands(Decided decided, byte[] outputs) {
        Incarnation of = decided.of();
        var principal = new Principal(
                of.tenant(), of.project(), new KeyId(decided.decision().by()), Set.of(Scope.EVENTS_PUBLISH));
        List<PublishCommand> commands = new ArrayList<>();
        for (var body : Outputs.parse(outputs)) {
            commands.add(body.command(principal, tokens.outputKey(of, decided.source(), commands.size())));
        }
        return commands;
    }

    private byte[] receipts(Incarnation of, List<PublishReceipt> published) {
        var json = new JsonBytes(published.size() * 208 + 16).beginArray();
        for (PublishReceipt receipt : published) {
            Cursor cursor = receipt.cursor();
            json.raw(ReceiptJson.encode(
                    receipt, cursor == null ? null : cursors.encode(of.tenant(), of.project(), cursor)));
        }
        return json.endArray().toByteArray();
    }
}
