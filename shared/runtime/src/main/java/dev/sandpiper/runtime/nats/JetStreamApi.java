package dev.sandpiper.runtime.nats;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.PlatformException;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Requests to JetStream that never block and always end: with the answer, a {@link JetStreamFault}, or unavailable. Safe for
 * use by several threads.
 */
public final class JetStreamApi {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Vertx vertx;
    private final Connection connection;

    JetStreamApi(Vertx vertx, Connection connection) {
        this.vertx = vertx;
        this.connection = connection;
    }

    /** Completes on the caller's context; without an answer in time, with {@code EVENT_STORE_UNAVAILABLE}. */
    public Future<Message> request(String subject, byte[] body, Duration timeout) {
        return request(subject, null, body, timeout);
    }

    /** Likewise, with headers. */
    public Future<Message> request(String subject, @Nullable Headers headers, byte[] body, Duration timeout) {
        CompletableFuture<Message> answer;
        try {
            answer = connection.requestWithTimeout(subject, headers, body, timeout);
        } catch (IllegalStateException | IllegalArgumentException e) {
            return Future.failedFuture(unavailable(e));
        }
        var bounded = answer.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
        return Future.fromCompletionStage(bounded, vertx.getOrCreateContext())
                .recover(e -> Future.failedFuture(unavailable(e)));
    }

    /** As {@link #request}, for the endpoints that speak JSON. Fails with a {@link JetStreamFault} when the answer says so. */
    public Future<JsonNode> call(String subject, String body, Duration timeout) {
        return request(subject, body.getBytes(StandardCharsets.UTF_8), timeout).compose(JetStreamApi::parse);
    }

    /** Appends a message to the stream that captures its subject; the answer is JetStream's acknowledgement. */
    public Future<JsonNode> append(String subject, Headers headers, byte[] body, Duration timeout) {
        return request(subject, headers, body, timeout).compose(JetStreamApi::parse);
    }

    /**
     * Reads one message from the stream's leader, which is never behind; null when there is none.
     *
     * @param question as {@code $JS.API.STREAM.MSG.GET} takes it
     */
    public Future<@Nullable StreamMessage> message(String stream, String question, Duration timeout) {
        return call("$JS.API.STREAM.MSG.GET." + stream, question, timeout)
                .<@Nullable StreamMessage>map(answer -> StreamMessage.of(answer.path("message")))
                .recover(e -> EventStream.isFault(e, JetStreamFault.MESSAGE_NOT_FOUND)
                        ? Future.succeededFuture(null)
                        : Future.failedFuture(e));
    }

    private static Future<JsonNode> parse(Message message) {
        JsonNode answer;
        try {
            answer = JSON.readTree(message.getData());
        } catch (IOException e) {
            return Future.failedFuture(unavailable(e));
        }
        JsonNode error = answer.path("error");
        if (error.isMissingNode()) {
            return Future.succeededFuture(answer);
        }
        return Future.failedFuture(new JetStreamFault(
                error.path("code").asInt(),
                error.path("err_code").asInt(),
                error.path("description").asText()));
    }

    private static PlatformException unavailable(Throwable cause) {
        return new PlatformException(new AvailabilityError.EventStoreUnavailable(), cause);
    }
}
