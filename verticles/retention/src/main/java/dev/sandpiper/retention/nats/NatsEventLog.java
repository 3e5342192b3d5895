package dev.sandpiper.retention.nats;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.retention.EventHead;
import dev.sandpiper.retention.EventLog;
import dev.sandpiper.runtime.nats.EventCodec;
import dev.sandpiper.runtime.nats.EventStore;
import dev.sandpiper.runtime.nats.JetStreamFault;
import dev.sandpiper.runtime.nats.StreamReport;
import dev.sandpiper.runtime.nats.Subjects;
import io.nats.client.FetchConsumeOptions;
import io.nats.client.FetchConsumer;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamStatusCheckedException;
import io.nats.client.Message;
import io.nats.client.OrderedConsumerContext;
import io.nats.client.api.DeliverPolicy;
import io.nats.client.api.OrderedConsumerConfiguration;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsJetStreamMetaData;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * The stream by way of nats-server's API. Events are read by short-lived consumers that deliver headers only, a batch at a time.
 * The end of a batch is not taken for the end of the stream: the leader is asked whether there is more.
 */
public final class NatsEventLog implements EventLog {
    private static final int BATCH = 2_000;
    private static final int ATTEMPTS = 5;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    /** A purge takes as long as it takes to write its blocks anew. */
    private static final Duration PURGE_TIMEOUT = Duration.ofSeconds(30);

    private static final long WAIT_SECONDS = 60;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final EventStore store;
    private final String stream;
    private final long nanosPerEvent;

    /** @param rate of events that are read in a second, at most */
    public NatsEventLog(EventStore store, int rate) {
        this.store = store;
        this.stream = store.subjects().stream();
        this.nanosPerEvent = TimeUnit.SECONDS.toNanos(1) / rate;
    }

    @Override
    public Subjects subjects() {
        return store.subjects();
    }

    @Override
    public StreamReport report() {
        return wait(store.report());
    }

    @Override
    public List<String> differences() {
        try {
            return wait(store.differences());
        } catch (JetStreamFault e) {
            throw unavailable(e);
        }
    }

    @Override
    public Map<String, Long> counts(String filter) {
        Map<String, Long> counts = new HashMap<>();
        long total = Long.MAX_VALUE;
        for (long offset = 0; offset < total; ) {
            ObjectNode question = object().put("subjects_filter", filter).put("offset", offset);
            JsonNode answer = call("$JS.API.STREAM.INFO." + stream, question, TIMEOUT);
            JsonNode subjects = answer.path("state").path("subjects");
            subjects.properties()
                    .forEach(one -> counts.put(one.getKey(), one.getValue().asLong()));
            total = answer.path("total").asLong();
            offset += subjects.size();
            if (subjects.isEmpty()) {
                break;
            }
        }
        return counts;
    }

    @Override
    public boolean read(String filter, long from, long through, Visitor visitor) {
        long next = Math.max(1, from);
        for (int failures = 0; failures < ATTEMPTS; ) {
            long before = next;
            long pause = System.nanoTime();
            if (!isStored(filter, next, through)) {
                return true;
            }
            try {
                var reading = new Reading(through, visitor);
                next = reading.batch(filter, next);
                if (reading.ended) {
                    return reading.complete;
                }
            } catch (IOException | JetStreamApiException | JetStreamStatusCheckedException e) {
                throw unavailable(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw unavailable(e);
            }
            if (next == before) {
                failures++;
                LockSupport.parkNanos(PAUSE_NANOS);
            } else {
                failures = 0;
                LockSupport.parkNanos((next - before) * nanosPerEvent - (System.nanoTime() - pause));
            }
        }
        throw unavailable(new IOException("the stream says that it has more, and does not deliver it"));
    }

    /** One batch after the other, with one visitor. */
    private final class Reading {
        private final long through;
        private final Visitor visitor;
        boolean ended;
        boolean complete;

        Reading(long through, Visitor visitor) {
            this.through = through;
            this.visitor = visitor;
        }

        /** @return from where to go on */
        long batch(String filter, long from)
                throws IOException, JetStreamApiException, JetStreamStatusCheckedException, InterruptedException {
            OrderedConsumerContext consumer = store.connection()
                    .getStreamContext(stream)
                    .createOrderedConsumer(new OrderedConsumerConfiguration()
                            .filterSubject(filter)
                            .deliverPolicy(DeliverPolicy.ByStartSequence)
                            .startSequence(from)
                            .headersOnly(true));
            long next = from;
            var options = FetchConsumeOptions.builder()
                    .maxMessages(BATCH)
                    .noWaitExpiresIn(TIMEOUT.toMillis())
                    .build();
            try (FetchConsumer batch = consumer.fetch(options)) {
                for (Message head = batch.nextMessage(); head != null; head = batch.nextMessage()) {
                    NatsJetStreamMetaData place = head.metaData();
                    if (place.streamSequence() > through) {
                        ended = true;
                        complete = true;
                        return next;
                    }
                    next = place.streamSequence() + 1;
                    var event = new EventHead(
                            head.getSubject(),
                            place.streamSequence(),
                            storedAt(head, place).toEpochMilli(),
                            RecordSize.of(head));
                    if (!visitor.visit(event)) {
                        ended = true;
                        return next;
                    }
                    if (next > through) {
                        ended = true;
                        complete = true;
                        return next;
                    }
                    if (place.pendingCount() == 0) {
                        // Waiting for the rest of the batch would be waiting for new events.
                        return next;
                    }
                }
            } catch (Exception e) {
                throw translate(e);
            }
            return next;
        }
    }

    /** Of an event that was moved from another stream: when it was stored there. */
    private static Instant storedAt(Message head, NatsJetStreamMetaData place) {
        Headers headers = head.getHeaders();
        String first = headers == null ? null : headers.getFirst(EventCodec.STORED_AT);
        return first == null ? place.timestamp().toInstant() : Instant.parse(first);
    }

    /** {@link AutoCloseable#close} says that it throws anything. */
    private static RuntimeException translate(Exception e)
            throws IOException, JetStreamApiException, JetStreamStatusCheckedException, InterruptedException {
        switch (e) {
            case IOException known -> throw known;
            case JetStreamApiException known -> throw known;
            case JetStreamStatusCheckedException known -> throw known;
            case InterruptedException known -> throw known;
            case RuntimeException known -> throw known;
            default -> throw new IOException(e);
        }
    }

    /** Whether there is one more event that matches. */
    private boolean isStored(String filter, long from, long through) {
        ObjectNode question = object().put("seq", from).put("next_by_subj", filter);
        try {
            JsonNode answer = call("$JS.API.STREAM.MSG.GET." + stream, question, TIMEOUT);
            return answer.path("message").path("seq").asLong() <= through;
        } catch (JetStreamFault e) {
            if (e.code() == JetStreamFault.MESSAGE_NOT_FOUND) {
                return false;
            }
            throw unavailable(e);
        }
    }

    @Override
    public void mark(Subjects.Address address, long through) {
        wait(store.trims().put(address, through));
    }

    @Override
    public long markOf(Subjects.Address address) {
        return wait(store.trims().of(address));
    }

    @Override
    public Map<Subjects.Address, Long> marks() {
        return wait(store.trims().all());
    }

    @Override
    public void forget(Subjects.Address address) {
        wait(store.trims().forget(address));
    }

    @Override
    public long purge(String filter, long through) {
        ObjectNode question = object().put("filter", filter).put("seq", through + 1);
        try {
            return call("$JS.API.STREAM.PURGE." + stream, question, PURGE_TIMEOUT)
                    .path("purged")
                    .asLong();
        } catch (JetStreamFault e) {
            throw unavailable(e);
        }
    }

    /** @throws JetStreamFault what the server says instead */
    private JsonNode call(String subject, ObjectNode question, Duration timeout) {
        byte[] body = question.toString().getBytes(StandardCharsets.UTF_8);
        JsonNode answer;
        try {
            answer = JSON.readTree(wait(store.request(subject, body, timeout)).getData());
        } catch (IOException e) {
            throw unavailable(e);
        }
        JsonNode error = answer.path("error");
        if (!error.isMissingNode()) {
            throw new JetStreamFault(
                    error.path("code").asInt(),
                    error.path("err_code").asInt(),
                    error.path("description").asText());
        }
        return answer;
    }

    private static <T> T wait(Future<T> future) {
        try {
            return future.await(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw unavailable(e);
        }
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static PlatformException unavailable(Exception cause) {
        return new PlatformException(new AvailabilityError.EventStoreUnavailable(), cause);
    }
}
