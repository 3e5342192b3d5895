package dev.sandpiper.runtime.nats;

import dev.sandpiper.domain.PublishCommand;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.NUID;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Stores several events, and the {@link KeyRecord} that remembers their key, in one step: all of them next to each other, or
 * none. A record that is there already makes JetStream refuse the whole, so a key is used once however often and from however
 * many nodes it is tried.
 *
 * @see <a href="https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-50.md">Batch publishing</a>
 */
public final class AtomicAppend {
    private static final byte[] BATCH_NAME = name("Nats-Batch-Id");
    private static final byte[] NUMBER_NAME = name("Nats-Batch-Sequence");
    private static final byte[] COMMIT_NAME = name("Nats-Batch-Commit");

    private final Vertx vertx;
    private final EventStore store;

    /**
     * @param keySubject where the record goes, as {@link Subjects#key} says
     * @param lifetime of the record
     * @param lasts for each event, what must be its topic's newest one; see {@link EventCodec#stored}
     */
    public record Batch(
            String keySubject, KeyRecord record, Duration lifetime, List<PublishCommand> commands, long[] lasts) {}

    public AtomicAppend(Vertx vertx, EventStore store) {
        this.vertx = vertx;
        this.store = store;
    }

    /**
     * Tries once to store all of these in one step, each record before its events. Completes on the caller's context with
     * JetStream's answer to the commit, or, when it refused the first message, to that one. Fails when there was none in time:
     * then they may be stored.
     *
     * @throws IllegalArgumentException when an event is larger than the server takes; nothing is stored then
     */
    public Future<Message> attempt(Connection connection, List<Batch> batches, Duration timeout) {
        // Another one for each attempt: messages of two attempts with one id would be taken for one batch.
        var attempt = new Attempt(connection, NUID.nextGlobal(), timeout, batches);
        for (Batch batch : batches) {
            EncodedHeaders record = EventCodec.first(batch.lifetime());
            attempt.send(batch.keySubject(), record, batch.record().encode());
            for (int i = 0; i < batch.commands().size(); i++) {
                PublishCommand command = batch.commands().get(i);
                attempt.send(
                        store.subjects().stored(command.tenant(), command.project(), command.topic()),
                        store.codec().conditional(command, batch.record().ids().get(i), batch.lasts()[i]),
                        command.data());
            }
        }
        return Future.fromCompletionStage(attempt.answer(), vertx.getOrCreateContext());
    }

    private static final class Attempt {
        private final Connection connection;
        private final String id;
        private final Duration timeout;
        private final int count;
        private int sent;
        private @Nullable CompletableFuture<Message> first;
        private @Nullable CompletableFuture<Message> last;

        Attempt(Connection connection, String id, Duration timeout, List<Batch> batches) {
            this.connection = connection;
            this.id = id;
            this.timeout = timeout;
            this.count = batches.stream()
                    .mapToInt(batch -> batch.commands().size() + 1)
                    .sum();
        }

        void send(String subject, EncodedHeaders headers, byte[] body) {
            headers.with(BATCH_NAME, id).with(NUMBER_NAME, Integer.toString(++sent));
            if (sent == 1) {
                first = request(subject, headers, body);
            } else if (sent == count) {
                last = request(subject, headers.with(COMMIT_NAME, "1"), body);
            } else {
                connection.publish(subject, null, headers, body);
            }
        }

        CompletableFuture<Message> answer() {
            if (first == null || last == null) {
                throw new IllegalStateException("a batch has a record and an event at least");
            }
            return decisive(first, last);
        }

        private CompletableFuture<Message> request(String subject, EncodedHeaders headers, byte[] body) {
            return connection
                    .requestWithTimeout(subject, headers, body, timeout)
                    .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** What was wrong with the first message says more than that the last one found no batch. */
    private static CompletableFuture<Message> decisive(
            CompletableFuture<Message> first, CompletableFuture<Message> last) {
        return last.thenCombine(
                first, (commit, begin) -> begin.isStatusMessage() || begin.getData().length > 0 ? begin : commit);
    }

    private static byte[] name(String name) {
        return (name + ":").getBytes(StandardCharsets.US_ASCII);
    }
}
