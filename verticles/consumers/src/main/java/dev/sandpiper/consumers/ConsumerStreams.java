package dev.sandpiper.consumers;

import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.Principal;
import dev.sandpiper.domain.WorkerWord;
import dev.sandpiper.protocol.PayloadLimit;
import dev.sandpiper.runtime.events.Consumers;
import dev.sandpiper.runtime.events.Consumption;
import dev.sandpiper.runtime.events.ConsumptionListener;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Durable consumers for workers that stay connected. */
public final class ConsumerStreams implements Consumers {
    private static final byte[] NO_RECEIPTS = {'[', ']'};

    private final Vertx vertx;
    private final ConsumerService consumers;
    private final PayloadLimit payload;

    /** @param payload how large an event may be that is published with an acknowledgement */
    public ConsumerStreams(Vertx vertx, ConsumerService consumers, PayloadLimit payload) {
        this.vertx = vertx;
        this.consumers = consumers;
        this.payload = payload;
    }

    @Override
    public Consumption consume(Principal who, String consumer, int credit, ConsumptionListener listener) {
        var stream = new WorkerStream(vertx, consumers, who, ConsumerSpec.requireName(consumer), credit, listener);
        stream.open();
        return stream;
    }

    @Override
    public Future<byte @Nullable []> tell(Principal who, String consumer, String token, WorkerWord word) {
        List<String> held = List.of(token);
        Future<List<Outcome>> outcomes;
        try {
            outcomes = switch (word) {
                case WorkerWord.Ack ack -> consumers.acknowledge(who, consumer, held, ack.publish(), payload);
                case WorkerWord.Nack nack -> consumers.refuse(who, consumer, held, delay(nack.delay()));
                case WorkerWord.Term term ->
                    consumers.decide(who, consumer, held, DeliveryLedger.Kind.TERM, reason(term.reason()), null);
                case WorkerWord.InProgress progress -> consumers.prolong(who, consumer, held);
            };
        } catch (PlatformException e) {
            return Future.failedFuture(e);
        }
        boolean publishes = word instanceof WorkerWord.Ack ack && ack.publish() != null;
        return outcomes.map(all -> receipts(all.getFirst(), publishes));
    }

    private static byte @Nullable [] receipts(Outcome outcome, boolean publishes) {
        PlatformError error = outcome.error();
        if (error != null) {
            throw new PlatformException(error);
        }
        byte[] published = outcome.published();
        return publishes && published == null ? NO_RECEIPTS : published;
    }

    private static @Nullable Duration delay(@Nullable String text) {
        return text == null ? null : WordBody.delay(text);
    }

    private static @Nullable String reason(@Nullable String text) {
        return text == null ? null : WordBody.reason(text);
    }
}
