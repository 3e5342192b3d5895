package dev.sandpiper.audit.nats;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sandpiper.audit.Checkpoint;
import dev.sandpiper.audit.CheckpointStore;
import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.runtime.nats.EventStore;
import dev.sandpiper.runtime.nats.JetStreamApi;
import dev.sandpiper.runtime.nats.JetStreamFault;
import dev.sandpiper.runtime.nats.StreamMessage;
import io.nats.client.impl.Headers;
import io.vertx.core.Future;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@link CheckpointStore} in a JetStream stream without limits that refuses to delete messages and to be purged; neither refusal can be
 * taken back. Each checkpoint has a subject of its own, which takes one message: the first.
 */
public final class CheckpointStream implements CheckpointStore {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int WRONG_LAST_SEQUENCE = 10_071;
    private static final String EXPECTED_LAST = "Nats-Expected-Last-Subject-Sequence";

    private final JetStreamApi api;
    private final String stream;
    private final String prefix;
    private final int replicas;

    /** @param replicas as many as the event streams have */
    public CheckpointStream(EventStore store, int replicas) {
        this.api = store.api();
        this.stream = store.subjects().stream("AUDIT_CHECKPOINTS");
        this.prefix = store.subjects().auditPrefix();
        this.replicas = replicas;
    }

    @Override
    public Future<Void> ensure() {
        return api.call("$JS.API.STREAM.CREATE." + stream, wanted().toString(), TIMEOUT)
                .recover(e -> isFault(e, JetStreamFault.STREAM_NAME_IN_USE)
                        // It is there with other settings. They are not repaired in silence: the proof tells of them.
                        ? Future.succeededFuture()
                        : translate(e))
                .mapEmpty();
    }

    @Override
    public Future<Boolean> add(Checkpoint checkpoint) {
        Headers headers = new Headers().add(EXPECTED_LAST, "0");
        byte[] body = checkpoint.json().encode().getBytes(StandardCharsets.UTF_8);
        return api.append(subject(checkpoint.chain(), Long.toString(checkpoint.number())), headers, body, TIMEOUT)
                .map(true)
                .recover(e -> isFault(e, WRONG_LAST_SEQUENCE) ? Future.succeededFuture(false) : translate(e));
    }

    @Override
    public Future<@Nullable Checkpoint> newest(String chain) {
        return last(subject(chain, "*"));
    }

    @Override
    public Future<@Nullable Checkpoint> find(String chain, long number) {
        return last(subject(chain, Long.toString(number)));
    }

    @Override
    public Future<List<String>> weaknesses() {
        return api.call("$JS.API.STREAM.INFO." + stream, "", TIMEOUT)
                .map(info -> weaknesses(info.path("config")))
                .recover(e -> isFault(e, JetStreamFault.STREAM_NOT_FOUND)
                        ? Future.succeededFuture(List.of("the stream " + stream + " is not there"))
                        : translate(e));
    }

    private List<String> weaknesses(JsonNode config) {
        List<String> found = new ArrayList<>();
        if (!config.path("deny_delete").asBoolean()
                || !config.path("deny_purge").asBoolean()) {
            found.add("the stream " + stream + " lets messages be deleted");
        }
        if (config.path("max_age").asLong() > 0
                || config.path("max_msgs").asLong() > 0
                || config.path("max_bytes").asLong() > 0
                || config.path("max_msgs_per_subject").asLong() > 0
                || !config.path("retention").asText("limits").equals("limits")) {
            found.add("the stream " + stream + " drops old messages");
        }
        return found;
    }

    private Future<@Nullable Checkpoint> last(String subject) {
        ObjectNode question = JsonNodeFactory.instance.objectNode().put("last_by_subj", subject);
        return api.message(stream, question.toString(), TIMEOUT)
                .<@Nullable Checkpoint>map(found -> found == null ? null : parse(found))
                .recover(
                        e -> isFault(e, JetStreamFault.STREAM_NOT_FOUND) ? Future.succeededFuture(null) : translate(e));
    }

    /** What cannot be understood is a checkpoint without a signature: the proof says what is to be said about those. */
    private Checkpoint parse(StreamMessage message) {
        String text = new String(message.data(), StandardCharsets.UTF_8);
        try {
            return Checkpoint.parse(new JsonObject(text));
        } catch (IllegalArgumentException | DecodeException e) {
            String[] tokens = message.subject().substring(prefix.length()).split("\\.");
            return new Checkpoint(tokens[0], number(tokens), 0, "", message.time(), "", "", "");
        }
    }

    private static long number(String[] tokens) {
        try {
            return tokens.length == 2 ? Long.parseLong(tokens[1]) : 0;
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private String subject(String chain, String number) {
        return prefix + chain + "." + number;
    }

    private ObjectNode wanted() {
        ObjectNode wanted = JsonNodeFactory.instance.objectNode();
        wanted.put("name", stream);
        wanted.putArray("subjects").add(prefix + "*.*");
        wanted.put("retention", "limits");
        wanted.put("storage", "file");
        wanted.put("num_replicas", replicas);
        wanted.put("deny_delete", true);
        wanted.put("deny_purge", true);
        wanted.put("allow_rollup_hdrs", false);
        wanted.put("allow_direct", false);
        return wanted;
    }

    private static boolean isFault(Throwable e, int code) {
        return e instanceof JetStreamFault fault && fault.code() == code;
    }

    private static <T> Future<T> translate(Throwable error) {
        return Future.failedFuture(
                error instanceof JetStreamFault
                        ? new PlatformException(new AvailabilityError.EventStoreUnavailable(), error)
                        : error);
    }
}
