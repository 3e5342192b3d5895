package dev.sandpiper.runtime.nats;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.PlatformException;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Requests to JetStream that never block and always end: with the answer, a {@link JetStreamFault}, or unavailable. */
final class JetStreamApi {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Vertx vertx;
    private final Connection connection;

    JetStreamApi(Vertx vertx, Connection connection) {
        this.vertx = vertx;
        this.connection = connection;
    }

    /** Completes on the caller's context; without an answer in time, with {@code EVENT_STORE_UNAVAILABLE}. */
    Future<Message> request(String subject, byte[] body, Duration timeout) {
        CompletableFuture<Message> answer;
        try {
            answer = connection.requestWithTimeout(subject, body, timeout);
        } catch (IllegalStateException | IllegalArgumentException e) {
            return Future.failedFuture(unavailable(e));
        }
        var bounded = answer.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
        return Future.fromCompletionStage(bounded, vertx.getOrCreateContext())
                .recover(e -> Future.failedFuture(unavailable(e)));
    }

    /** As {@link #request}, for the endpoints that speak JSON. */
    Future<JsonNode> call(String subject, String body, Duration timeout) {
        return request(subject, body.getBytes(StandardCharsets.UTF_8), timeout).compose(JetStreamApi::parse);
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
