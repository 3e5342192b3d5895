package dev.sandpiper.consumers.nats;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.EventId;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.runtime.nats.EventCodec;
import dev.sandpiper.runtime.nats.EventStore;
import dev.sandpiper.runtime.nats.JetStreamFault;
import io.nats.client.impl.Headers;
import io.nats.client.support.IncomingHeadersProcessor;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Reads a topic event by event from the stream's leader until one has the wanted id. One question for each event: for the rare
 * case that a decision is carried out so late that JetStream no longer remembers the id itself.
 */
final class PublishedSearch {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final EventId UNUSED = new EventId("0".repeat(EventId.LENGTH));

    private final EventStore store;
    private final PublishCommand command;
    private final String subject;
    private final String wanted;

    PublishedSearch(EventStore store, PublishCommand command) {
        this.store = store;
        this.command = command;
        this.subject = store.subjects().stored(command.tenant(), command.project(), command.topic());
        this.wanted = EventCodec.messageId(command, UNUSED);
    }

    Future<@Nullable PublishReceipt> from(long sequence) {
        String question = JsonNodeFactory.instance
                .objectNode()
                .put("seq", sequence)
                .put("next_by_subj", subject)
                .toString();
        return store.call("STREAM.MSG.GET." + store.subjects().stream(), question, TIMEOUT)
                .map(answer -> answer.path("message"))
                .recover(PublishedSearch::atTheEnd)
                .compose(message -> {
                    if (message.isMissingNode()) {
                        return Future.succeededFuture(null);
                    }
                    Headers headers = headers(message);
                    return headers != null && wanted.equals(headers.getFirst("Nats-Msg-Id"))
                            ? Future.succeededFuture(receipt(message, headers))
                            : from(message.path("seq").asLong() + 1);
                });
    }

    private static Future<JsonNode> atTheEnd(Throwable failure) {
        if (failure instanceof JetStreamFault fault && fault.code() == JetStreamFault.MESSAGE_NOT_FOUND) {
            return Future.succeededFuture(JsonNodeFactory.instance.missingNode());
        }
        return Future.failedFuture(
                failure instanceof PlatformException
                        ? failure
                        : new PlatformException(new AvailabilityError.EventStoreUnavailable(), failure));
    }

    private static @Nullable Headers headers(JsonNode message) {
        String encoded = message.path("hdrs").asText("");
        return encoded.isEmpty()
                ? null
                : new IncomingHeadersProcessor(Base64.getDecoder().decode(encoded.getBytes(StandardCharsets.US_ASCII)))
                        .getHeaders();
    }

    private PublishReceipt receipt(JsonNode message, Headers headers) {
        String id = headers.getFirst("Sp-Id");
        return new PublishReceipt(
                id == null ? UNUSED : new EventId(id),
                command.topic(),
                new Cursor(store.epoch(), message.path("seq").asLong()),
                true,
                command.deliveryClass(),
                store.durability());
    }
}
