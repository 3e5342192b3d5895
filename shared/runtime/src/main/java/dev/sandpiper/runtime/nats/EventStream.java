package dev.sandpiper.runtime.nats;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.PlatformException;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stream that holds events: makes it when it is missing, brings its settings in line with the configuration, and
 * reports on it. Settings that the configuration does not speak of are left as an operator made them.
 */
final class EventStream {
    private static final Logger log = LoggerFactory.getLogger(EventStream.class);
    private static final Duration CHANGE_TIMEOUT = Duration.ofSeconds(5);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final JetStreamApi api;
    private final NatsConfig config;
    private final Subjects subjects;
    private final StreamSpec spec;

    EventStream(JetStreamApi api, NatsConfig config, Subjects subjects, StreamSpec spec) {
        this.api = api;
        this.config = config;
        this.subjects = subjects;
        this.spec = spec;
    }

    /** What the stream is configured to and where it stands. */
    record Description(StreamState state, int replicas) {}

    /** Asks the leader. */
    Future<Description> describe(Duration timeout) {
        return api.call("$JS.API.STREAM.INFO." + subjects.stream(), "", timeout).map(EventStream::description);
    }

    /** Asks the leader for everything it counts. */
    Future<StreamReport> report(Duration timeout) {
        return api.call("$JS.API.STREAM.INFO." + subjects.stream(), "", timeout).map(info -> {
            JsonNode settings = info.path("config");
            JsonNode leader = info.path("cluster").path("leader");
            return new StreamReport(
                    subjects.stream(),
                    description(info).state(),
                    Instant.parse(info.path("created").asText()),
                    info.path("state").path("messages").asLong(),
                    info.path("state").path("bytes").asLong(),
                    settings.path("max_bytes").asLong(-1),
                    Duration.ofNanos(settings.path("max_age").asLong()),
                    settings.path("num_replicas").asInt(1),
                    leader.isTextual() ? leader.asText() : null);
        });
    }

    /** Makes sure that the stream is there and configured as we need it. */
    Future<Description> ensure() {
        return api.call("$JS.API.STREAM.INFO." + subjects.stream(), "", CHANGE_TIMEOUT)
                .compose(this::verify)
                .recover(e -> isFault(e, JetStreamFault.STREAM_NOT_FOUND) ? create() : Future.failedFuture(e))
                .map(EventStream::description);
    }

    private Future<JsonNode> create() {
        return api.call("$JS.API.STREAM.CREATE." + subjects.stream(), wanted().toString(), CHANGE_TIMEOUT)
                .onSuccess(made ->
                        log.atInfo().addKeyValue("stream", subjects.stream()).log("Created the event stream"))
                .recover(e -> isFault(e, JetStreamFault.STREAM_NAME_IN_USE)
                        // Another node was faster.
                        ? api.call("$JS.API.STREAM.INFO." + subjects.stream(), "", CHANGE_TIMEOUT)
                        : Future.failedFuture(e));
    }

    private Future<JsonNode> verify(JsonNode info) {
        if (!(info.path("config") instanceof ObjectNode actual)) {
            return Future.failedFuture(new PlatformException(new AvailabilityError.EventStoreUnavailable()));
        }
        ObjectNode merged = actual.deepCopy();
        merged.setAll(wanted());
        if (sameSettings(actual, merged)) {
            return Future.succeededFuture(info);
        }
        log.atInfo()
                .addKeyValue("stream", subjects.stream())
                .log("Bringing the event stream in line with the settings");
        return api.call("$JS.API.STREAM.UPDATE." + subjects.stream(), merged.toString(), CHANGE_TIMEOUT)
                .recover(e -> e instanceof JetStreamFault fault && !fault.isTemporary()
                        ? Future.failedFuture(new IllegalStateException("The NATS stream " + subjects.stream()
                                + " exists with settings that cannot be changed to Sandpiper's: " + fault.getMessage()))
                        : Future.failedFuture(e));
    }

    /** Names of the settings in which the stream differs from what it is to be; none when it is as wanted. */
    Future<List<String>> differences(Duration timeout) {
        return api.call("$JS.API.STREAM.INFO." + subjects.stream(), "", timeout).map(info -> {
            JsonNode actual = info.path("config");
            List<String> names = new ArrayList<>();
            for (var wanted : wanted().properties()) {
                if (!isSame(actual.path(wanted.getKey()), wanted.getValue())) {
                    names.add(wanted.getKey());
                }
            }
            return names;
        });
    }

    /** Numbers are compared as such: the server may write 1048576 where we wrote an int. */
    private boolean sameSettings(ObjectNode actual, ObjectNode merged) {
        for (var wanted : wanted().properties()) {
            if (!isSame(actual.path(wanted.getKey()), merged.path(wanted.getKey()))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSame(JsonNode is, JsonNode should) {
        return is.isObject() ? containsAll(is, should) : sameScalar(is, should);
    }

    private static boolean sameScalar(JsonNode is, JsonNode should) {
        return (is.isNumber() && should.isNumber()) ? is.longValue() == should.longValue() : is.equals(should);
    }

    private static boolean containsAll(JsonNode is, JsonNode should) {
        for (var member : should.properties()) {
            if (!is.path(member.getKey()).equals(member.getValue())) {
                return false;
            }
        }
        return true;
    }

    private ObjectNode wanted() {
        ObjectNode wanted = JSON.createObjectNode();
        wanted.put("name", subjects.stream());
        wanted.putArray("subjects")
                .add(subjects.storedPattern())
                .add(subjects.redrivenPattern())
                .add(subjects.keysPattern());
        wanted.put("retention", "limits");
        wanted.put("storage", spec.memory() ? "memory" : "file");
        wanted.put("discard", "new");
        wanted.put("num_replicas", spec.replicas());
        wanted.put("max_bytes", spec.maxBytes());
        wanted.put("max_age", spec.maxAge().toNanos());
        wanted.put("max_msg_size", config.maxMessageBytes());
        wanted.put("duplicate_window", dedupeWindow().toNanos());
        wanted.put("allow_direct", true);
        wanted.put("allow_msg_ttl", true);
        wanted.put("allow_atomic", true);
        wanted.putObject("republish").put("src", subjects.storedWildcard()).put("dest", subjects.liveWildcard());
        return wanted;
    }

    /** JetStream insists that the window is no longer than events live. */
    Duration dedupeWindow() {
        return spec.maxAge().isZero() || config.dedupeWindow().compareTo(spec.maxAge()) < 0
                ? config.dedupeWindow()
                : spec.maxAge();
    }

    private static Description description(JsonNode info) {
        JsonNode state = info.path("state");
        return new Description(
                new StreamState(
                        epoch(Instant.parse(info.path("created").asText())),
                        // A stream that never held anything says 0.
                        Math.max(1, state.path("first_seq").asLong()),
                        state.path("last_seq").asLong()),
                info.path("config").path("num_replicas").asInt(1));
    }

    /** Same for every node and after every restart; different for a stream that was deleted and made anew. */
    static int epoch(Instant created) {
        long nanos = created.getEpochSecond() * 1_000_000_000 + created.getNano();
        long mixed = (nanos ^ (nanos >>> 33)) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return (int) (mixed ^ (mixed >>> 32));
    }

    static boolean isFault(Throwable error, int code) {
        return error instanceof JetStreamFault fault && fault.code() == code;
    }
}
