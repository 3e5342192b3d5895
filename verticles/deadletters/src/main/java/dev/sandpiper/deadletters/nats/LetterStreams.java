package dev.sandpiper.deadletters.nats;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sandpiper.deadletters.DeadLettersConfig;
import dev.sandpiper.runtime.nats.EventStore;
import dev.sandpiper.runtime.nats.EventStores;
import dev.sandpiper.runtime.nats.JetStreamApi;
import dev.sandpiper.runtime.nats.JetStreamFault;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;

/**
 * The two streams and the consumer that dead letters need. Letters are in one stream. The other captures what nats-server says when a
 * consumer of an event stream gives up on a message: such advisories are said once, so whoever only listens misses those that
 * are said while it is away. One durable consumer, shared by all nodes, hands them out; an advisory goes once it is dealt with.
 */
public final class LetterStreams {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration SHORTEST_WINDOW = Duration.ofMinutes(2);
    private static final int TAKEOVERS_IN_WINDOW = 10;
    private static final int MOST_UNDER_WAY = 1_000;
    private static final String GIVEN_UP = "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.";
    private static final String TERMINATED = "$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.";

    private final JetStreamApi api;
    private final EventStores stores;
    private final String letters;
    private final String advisories;
    private final LetterSubjects subjects;
    private final DeadLettersConfig config;
    private final int replicas;
    private final Duration window;
    private volatile int epoch;

    /** @param replicas as many as the event streams have */
    public LetterStreams(EventStores stores, DeadLettersConfig config, int replicas) {
        this(stores, config, replicas, window(config));
    }

    /** @param window how long the stream recognises a letter that it has already */
    LetterStreams(EventStores stores, DeadLettersConfig config, int replicas, Duration window) {
        EventStore store = stores.first();
        this.stores = stores;
        this.api = store.api();
        this.letters = store.subjects().stream("DEAD_LETTERS");
        this.advisories = store.subjects().stream("DEAD_LETTER_ADVISORIES");
        this.subjects = new LetterSubjects(store.subjects());
        this.config = config;
        this.replicas = replicas;
        this.window = window;
    }

    /** Makes sure that all of it is there and as configured; any number of nodes at the same time. */
    public Future<Void> ensure() {
        return stream(letters, lettersWanted())
                .compose(made -> {
                    epoch = epoch(Instant.parse(made.path("created").asText()));
                    return captured();
                })
                .compose(captured -> stream(advisories, advisoriesWanted(captured)))
                .compose(made -> api.call(
                        "$JS.API.CONSUMER.CREATE." + advisories + "." + consumer(),
                        consumerWanted().toString(),
                        TIMEOUT))
                .mapEmpty();
    }

    String letters() {
        return letters;
    }

    String advisories() {
        return advisories;
    }

    String consumer() {
        return "capture";
    }

    LetterSubjects subjects() {
        return subjects;
    }

    /** Which incarnation of the stream of letters this is. */
    int epoch() {
        return epoch;
    }

    /** How long the stream recognises a letter that it has already. */
    Duration window() {
        return window;
    }

    private static Duration window(DeadLettersConfig config) {
        Duration window = config.takeover().multipliedBy(TAKEOVERS_IN_WINDOW);
        Duration longEnough = window.compareTo(SHORTEST_WINDOW) < 0 ? SHORTEST_WINDOW : window;
        // JetStream insists that it is no longer than letters live.
        boolean tooLong = !config.maxAge().isZero() && config.maxAge().compareTo(longEnough) < 0;
        return tooLong ? config.maxAge() : longEnough;
    }

    private Future<JsonNode> stream(String name, ObjectNode wanted) {
        return api.call("$JS.API.STREAM.CREATE." + name, wanted.toString(), TIMEOUT)
                .recover(e -> e instanceof JetStreamFault fault && fault.code() == JetStreamFault.STREAM_NAME_IN_USE
                        ? update(name, wanted)
                        : Future.failedFuture(e));
    }

    /** What we do not speak of stays as an operator made it. */
    private Future<JsonNode> update(String name, ObjectNode wanted) {
        return api.call("$JS.API.STREAM.INFO." + name, "", TIMEOUT).compose(info -> {
            ObjectNode merged = info.path("config").deepCopy();
            merged.setAll(wanted);
            return api.call("$JS.API.STREAM.UPDATE." + name, merged.toString(), TIMEOUT);
        });
    }

    private ObjectNode lettersWanted() {
        ObjectNode wanted = common(letters);
        wanted.putArray("subjects").add(subjects.pattern());
        wanted.put("retention", "limits");
        wanted.put("discard", "old");
        wanted.put("max_age", config.maxAge().toNanos());
        wanted.put("duplicate_window", window.toNanos());
        wanted.put("allow_direct", true);
        return wanted;
    }

    /** Those of the streams that this node knows, and those that another saw to: it may know of more. */
    private ObjectNode advisoriesWanted(Set<String> captured) {
        ObjectNode wanted = common(advisories);
        Set<String> subjectsWanted = new TreeSet<>(captured);
        for (EventStore store : stores.all()) {
            String events = store.subjects().stream();
            subjectsWanted.add(GIVEN_UP + events + ".*");
            subjectsWanted.add(TERMINATED + events + ".*");
        }
        subjectsWanted.forEach(wanted.putArray("subjects")::add);
        wanted.put("retention", "workqueue");
        return wanted;
    }

    private Future<Set<String>> captured() {
        return api.call("$JS.API.STREAM.INFO." + advisories, "", TIMEOUT)
                .map(info -> {
                    Set<String> captured = new TreeSet<>();
                    info.path("config").path("subjects").forEach(subject -> captured.add(subject.asText()));
                    return captured;
                })
                .recover(e -> e instanceof JetStreamFault fault && fault.code() == JetStreamFault.STREAM_NOT_FOUND
                        ? Future.succeededFuture(Set.of())
                        : Future.failedFuture(e));
    }

    private ObjectNode common(String name) {
        ObjectNode wanted = JsonNodeFactory.instance.objectNode();
        wanted.put("name", name);
        wanted.put("storage", "file");
        wanted.put("num_replicas", replicas);
        return wanted;
    }

    private ObjectNode consumerWanted() {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        request.put("stream_name", advisories);
        request.putObject("config")
                .put("durable_name", consumer())
                .put("name", consumer())
                .put("deliver_policy", "all")
                .put("replay_policy", "instant")
                .put("ack_policy", "explicit")
                .put("ack_wait", config.takeover().toNanos())
                .put("max_deliver", -1)
                .put("max_ack_pending", MOST_UNDER_WAY);
        return request;
    }

    private static int epoch(Instant created) {
        return Long.hashCode(created.getEpochSecond() * 1_000_000_000 + created.getNano());
    }
}
