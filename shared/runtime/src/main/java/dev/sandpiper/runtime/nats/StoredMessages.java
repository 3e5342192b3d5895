package dev.sandpiper.runtime.nats;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.StoredEvent;
import io.nats.client.impl.Headers;
import io.nats.client.support.IncomingHeadersProcessor;
import io.vertx.core.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads single messages from the stream's leader. Slower than a direct get, which any replica answers, but never behind. */
final class StoredMessages {
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private final JetStreamApi api;
    private final Subjects subjects;
    private final EventCodec codec;

    StoredMessages(JetStreamApi api, Subjects subjects, EventCodec codec) {
        this.api = api;
        this.subjects = subjects;
        this.codec = codec;
    }

    Future<@Nullable StoredEvent> bySequence(long sequence, int epoch) {
        return get("{\"seq\":" + sequence + "}", epoch);
    }

    Future<@Nullable StoredEvent> lastOf(String subject, int epoch) {
        return get(lastBySubject(subject), epoch);
    }

    Future<@Nullable KeyRecord> key(String subject) {
        return get(lastBySubject(subject), StoredMessages::record);
    }

    private static String lastBySubject(String subject) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("last_by_subj", subject)
                .toString();
    }

    private Future<@Nullable StoredEvent> get(String body, int epoch) {
        return get(body, message -> decode(message, epoch));
    }

    private <T> Future<@Nullable T> get(String body, Function<JsonNode, T> decode) {
        return api.call("$JS.API.STREAM.MSG.GET." + subjects.stream(), body, TIMEOUT)
                .<@Nullable T>map(answer -> decode.apply(answer.path("message")))
                .recover(StoredMessages::translate);
    }

    private static KeyRecord record(JsonNode message) {
        try {
            return KeyRecord.decode(
                    message.path("seq").asLong(), message.path("data").binaryValue());
        } catch (IOException e) {
            throw new IllegalArgumentException("not a message of nats-server", e);
        }
    }

    private static <T> Future<@Nullable T> translate(Throwable error) {
        if (EventStream.isFault(error, JetStreamFault.MESSAGE_NOT_FOUND)) {
            return Future.succeededFuture(null);
        }
        return Future.failedFuture(
                error instanceof PlatformException
                        ? error
                        : new PlatformException(new AvailabilityError.EventStoreUnavailable(), error));
    }

    private StoredEvent decode(JsonNode message, int epoch) {
        try {
            return codec.decode(
                    message.has("hdrs") ? headers(message.path("hdrs").binaryValue()) : null,
                    message.has("data") ? message.path("data").binaryValue() : new byte[0],
                    subjects.parse(message.path("subject").asText()),
                    epoch,
                    message.path("seq").asLong(),
                    Timestamps.parse(message.path("time").asText()));
        } catch (IOException e) {
            throw new IllegalArgumentException("not a message of nats-server", e);
        }
    }

    private static @Nullable Headers headers(byte[] bytes) {
        return new IncomingHeadersProcessor(bytes).getHeaders();
    }
}
