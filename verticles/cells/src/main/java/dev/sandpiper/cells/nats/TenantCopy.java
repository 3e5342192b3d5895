package dev.sandpiper.cells.nats;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.nats.ConsumerMetadata;
import dev.sandpiper.runtime.nats.EventCodec;
import dev.sandpiper.runtime.nats.EventStore;
import dev.sandpiper.runtime.nats.JetStreamFault;
import dev.sandpiper.runtime.nats.StreamMessage;
import dev.sandpiper.runtime.nats.Subjects;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.NUID;
import io.nats.client.Subscription;
import io.nats.client.impl.Headers;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One tenant's events on their way from one stream to another: in order, each with its id, its time and the id by which JetStream
 * recognises a repetition. They go in atomic batches of which the first event expects what is the newest of its topic in the target, so a batch
 * that is tried twice, or comes late from a mover that is none any more, is stored once. Where the copying has come to, the newest copy itself
 * says. Every method blocks, and throws a {@link PlatformException} when a server does not answer. For one thread.
 */
public final class TenantCopy {
    /** JetStream takes 1,000 in one step. */
    private static final int BATCH = 900;

    private static final int BATCH_BYTES = 1 << 21;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration PURGE_TIMEOUT = Duration.ofSeconds(30);
    private static final String MESSAGE_ID = "Nats-Msg-Id";
    private static final String TTL = "Nats-TTL";
    private static final int DUPLICATE_IN_BATCH = 10_201;
    /** What comes behind a page: that it is whole, or that there is nothing. */
    private static final int END = 204;

    private static final int NOTHING = 404;

    private final EventStore from;
    private final EventStore to;
    private final TenantId tenant;

    /**
     * What one step came to.
     *
     * @param position in the source, up to which everything is copied now
     * @param left how many more there were when it was read
     */
    public record Step(long position, int events, long left) {}

    public TenantCopy(EventStore from, EventStore to, TenantId tenant) {
        this.from = from;
        this.to = to;
        this.tenant = tenant;
    }

    /** Whether a durable consumer of the tenant is on the source. */
    public boolean hasConsumers() {
        for (int offset = 0; ; ) {
            JsonNode list = call(from, "CONSUMER.LIST." + from.subjects().stream(), "{\"offset\":" + offset + "}");
            for (JsonNode consumer : list.path("consumers")) {
                if (tenant.value()
                        .equals(consumer.path("config")
                                .path("metadata")
                                .path(ConsumerMetadata.TENANT)
                                .asText())) {
                    return true;
                }
            }
            int read = list.path("consumers").size();
            offset += read;
            if (read == 0 || offset >= list.path("total").asInt()) {
                return false;
            }
        }
    }

    /** Whether keys of the tenant are remembered in the source, which lie beside their events and cannot go elsewhere. */
    public boolean hasKeys() {
        return last(from, from.subjects().keysOf(tenant)) != null;
    }

    /** How many events of the tenant the source has. */
    public long count() {
        return count(from);
    }

    /** How many the target has. */
    public long copies() {
        return count(to);
    }

    private long count(EventStore of) {
        long sum = 0;
        long total = Long.MAX_VALUE;
        for (long offset = 0; offset < total; ) {
            String question = JsonNodeFactory.instance
                    .objectNode()
                    .put("subjects_filter", of.subjects().storedOf(tenant))
                    .put("offset", offset)
                    .toString();
            JsonNode answer = call(of, "STREAM.INFO." + of.subjects().stream(), question);
            JsonNode topics = answer.path("state").path("subjects");
            for (JsonNode count : topics) {
                sum += count.asLong();
            }
            total = answer.path("total").asLong();
            offset += topics.size();
            if (topics.isEmpty()) {
                break;
            }
        }
        return sum;
    }

    /** Sequence of the source up to which everything is copied; 0 for nothing yet. */
    public long position() {
        StreamMessage newest = last(to, to.subjects().storedOf(tenant));
        Origins.Place origin =
                newest == null ? null : Origins.of(newest.headers()).last();
        return origin == null || origin.epoch() != from.epoch() ? 0 : origin.sequence();
    }

    /** The newest event of the tenant in the source, 0 for none. */
    public long newest() {
        StreamMessage newest = last(from, from.subjects().storedOf(tenant));
        return newest == null ? 0 : newest.sequence();
    }

    /** The newest event of the tenant in the target, 0 for none. */
    public long newestCopy() {
        StreamMessage newest = last(to, to.subjects().storedOf(tenant));
        return newest == null ? 0 : newest.sequence();
    }

    /** The position of the target before the first copy; its end when there is none. */
    public long beforeFirstCopy() {
        String question = JsonNodeFactory.instance
                .objectNode()
                .put("seq", 1)
                .put("next_by_subj", to.subjects().storedOf(tenant))
                .toString();
        StreamMessage first = wait(to.api().message(to.subjects().stream(), question, TIMEOUT));
        return first == null ? wait(to.refresh()).lastSequence() : first.sequence() - 1;
    }

    /**
     * Puts a message that is none of the tenant's events before the first copy, so that no position of an earlier stay in the target is one of
     * this stay. It goes by itself.
     */
    public void separate() {
        if (newestCopy() == 0) {
            String subject = to.subjects().redrivenOf(tenant);
            Headers headers = new Headers().put(TTL, "1s");
            wait(to.api()
                    .append(
                            subject.substring(0, subject.length() - 1) + "move.move.move",
                            headers,
                            new byte[0],
                            TIMEOUT));
        }
    }

    /** Removes what was copied from the target: the tenant stays where it is. */
    public void removeCopies() {
        String question = JsonNodeFactory.instance
                .objectNode()
                .put("filter", to.subjects().storedOf(tenant))
                .toString();
        wait(to.call("STREAM.PURGE." + to.subjects().stream(), question, PURGE_TIMEOUT));
    }

    /** Up to where events of the tenant are gone from the source: from its front, or by topic. */
    public long trimmed() {
        long trimmed = wait(from.refresh()).firstSequence() - 1;
        for (long mark : wait(from.trims().all(tenant)).values()) {
            trimmed = Math.max(trimmed, mark);
        }
        return trimmed;
    }

    /** Copies the next events after a position, as many as go in one step; none when there are none. */
    public Step step(long after) {
        List<Source> page = read(after + 1);
        if (page.isEmpty()) {
            return new Step(after, 0, 0);
        }
        append(page, after);
        return new Step(page.getLast().sequence(), page.size(), page.getLast().left());
    }

    /**
     * Copies events that were stored in the source after the tenant had arrived in the target: by a node that did not know. They are young, so
     * that JetStream recognises them when they are there already.
     *
     * @return the position now
     */
    public long sweep(long after) {
        long position = after;
        for (List<Source> page = read(after + 1); !page.isEmpty(); page = read(position + 1)) {
            for (Source event : page) {
                send(List.of(event), true, null);
            }
            position = page.getLast().sequence();
        }
        return position;
    }

    /**
     * Removes what was copied from the source. Readers who are still there are told: the marks come first.
     *
     * @param through source sequence up to which everything was copied
     */
    public void removeFromSource(long through) {
        Set<Subjects.Address> topics = new HashSet<>();
        for (long offset = 0; ; ) {
            String question = JsonNodeFactory.instance
                    .objectNode()
                    .put("subjects_filter", from.subjects().storedOf(tenant))
                    .put("offset", offset)
                    .toString();
            JsonNode found = call(from, "STREAM.INFO." + from.subjects().stream(), question)
                    .path("state")
                    .path("subjects");
            found.fieldNames().forEachRemaining(subject -> address(subject, topics));
            offset += found.size();
            if (found.isEmpty()) {
                break;
            }
        }
        topics.forEach(topic -> wait(from.trims().put(topic, through)));
        String question = JsonNodeFactory.instance
                .objectNode()
                .put("filter", from.subjects().storedOf(tenant))
                .put("seq", through + 1)
                .toString();
        wait(from.call("STREAM.PURGE." + from.subjects().stream(), question, PURGE_TIMEOUT));
    }

    private void address(String subject, Set<Subjects.Address> topics) {
        try {
            topics.add(from.subjects().parse(subject));
        } catch (IllegalArgumentException e) {
            // Somebody else wrote to our subjects: nobody reads it, so nobody is to be told.
            return;
        }
    }

    private record Source(String subject, long sequence, Instant time, long left, Headers headers, byte[] data) {}

    /** The next events from a sequence on, as many as go in one step. A replica that lags may have fewer of them. */
    private List<Source> read(long first) {
        byte[] question = JsonNodeFactory.instance
                .objectNode()
                .put("seq", Math.max(1, first))
                .put("next_by_subj", from.subjects().storedOf(tenant))
                .put("batch", BATCH)
                .put("max_bytes", BATCH_BYTES)
                .toString()
                .getBytes(StandardCharsets.UTF_8);
        Connection connection = from.connection();
        String inbox = connection.createInbox();
        Subscription answers = connection.subscribe(inbox);
        try {
            connection.publish("$JS.API.DIRECT.GET." + from.subjects().stream(), inbox, question);
            return receive(answers);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable(e);
        } catch (IllegalStateException e) {
            throw unavailable(e);
        } finally {
            if (answers.isActive()) {
                answers.unsubscribe();
            }
        }
    }

    private static List<Source> receive(Subscription answers) throws InterruptedException {
        List<Source> page = new ArrayList<>();
        while (true) {
            Message message = answers.nextMessage(TIMEOUT);
            if (message == null) {
                throw unavailable(new IOException("no end of a page"));
            }
            Headers headers = message.getHeaders();
            if (message.isStatusMessage()) {
                int status = message.getStatus().getCode();
                if (status != END && status != NOTHING) {
                    throw unavailable(new IOException(message.getStatus().getMessageWithCode()));
                }
                return page;
            }
            page.add(new Source(
                    Objects.requireNonNull(headers.getFirst(EventCodec.SUBJECT), "a direct answer without a subject"),
                    EventCodec.sequence(message),
                    Instant.parse(headers.getFirst(EventCodec.TIME_STAMP)),
                    Long.parseLong(headers.getFirst("Nats-Num-Pending")),
                    headers,
                    message.getData()));
        }
    }

    private void append(List<Source> page, long after) {
        try {
            attempt(page, after, true);
        } catch (JetStreamFault e) {
            if (e.code() != DUPLICATE_IN_BATCH) {
                throw unavailable(e);
            }
            // A key was used again, longer ago than the source remembers and not as long as the target does.
            long position = after;
            for (Source event : page) {
                single(event, position);
                position = event.sequence();
            }
        }
    }

    private void single(Source event, long after) {
        try {
            if (attempt(List.of(event), after, true)) {
                attempt(List.of(event), after, false);
            }
        } catch (JetStreamFault e) {
            throw unavailable(e);
        }
    }

    /** @return whether JetStream took the one event for a repetition of another */
    private boolean attempt(List<Source> page, long after, boolean withIds) {
        StreamMessage newest = last(to, subject(page.getFirst()));
        // What another has copied before this question is seen by the next one, and what it copies after it, by
        // JetStream.
        if (position() != after) {
            throw unavailable(new IOException("somebody else has copied meanwhile"));
        }
        return send(page, withIds, newest == null ? 0L : Long.valueOf(newest.sequence()));
    }

    private boolean send(List<Source> page, boolean withIds, @Nullable Long expected) {
        String batch = NUID.nextGlobal();
        Future<JsonNode> answer = Future.succeededFuture();
        for (int i = 0; i < page.size(); i++) {
            Source event = page.get(i);
            Headers headers = headers(event, withIds);
            if (i == 0 && expected != null) {
                headers.put("Nats-Expected-Last-Subject-Sequence", expected.toString());
            }
            boolean last = i == page.size() - 1;
            if (page.size() > 1) {
                headers.put("Nats-Batch-Id", batch).put("Nats-Batch-Sequence", Integer.toString(i + 1));
                if (last) {
                    headers.put("Nats-Batch-Commit", "1");
                }
            }
            if (last) {
                answer = to.api().append(subject(event), headers, event.data(), TIMEOUT);
            } else {
                to.connection().publish(subject(event), null, headers, event.data());
            }
        }
        JsonNode stored = wait(answer);
        return page.size() == 1 && stored.path("duplicate").asBoolean();
    }

    private String subject(Source event) {
        String prefix = from.subjects().storedOf(tenant);
        String wanted = to.subjects().storedOf(tenant);
        return wanted.substring(0, wanted.length() - 1) + event.subject().substring(prefix.length() - 1);
    }

    /** What means something to JetStream alone is left behind, but for the id and what is left of the time to live. */
    private Headers headers(Source event, boolean withIds) {
        Headers copy = new Headers();
        Headers headers = event.headers();
        for (String name : headers.keySet()) {
            if (!name.startsWith("Nats-")) {
                copy.put(name, headers.get(name));
            }
        }
        String id = headers.getFirst(MESSAGE_ID);
        boolean young = event.time().plus(from.dedupeWindow()).isAfter(Instant.now());
        if (id != null && withIds && young) {
            copy.put(MESSAGE_ID, id);
        }
        String lifetime = headers.getFirst(TTL);
        if (lifetime != null && lifetime.endsWith("s")) {
            long left = Long.parseLong(lifetime, 0, lifetime.length() - 1, 10)
                    - Duration.between(event.time(), Instant.now()).toSeconds();
            copy.put(TTL, Math.max(1, left) + "s");
        }
        String earlier = headers.getFirst(EventCodec.STORED_AT);
        copy.put(EventCodec.STORED_AT, earlier == null ? event.time().toString() : earlier);
        copy.put(EventCodec.ORIGIN, Origins.of(headers).and(from.epoch(), event.sequence()));
        return copy;
    }

    private static @Nullable StreamMessage last(EventStore store, String subject) {
        String question = JsonNodeFactory.instance
                .objectNode()
                .put("last_by_subj", subject)
                .toString();
        return wait(store.api().message(store.subjects().stream(), question, TIMEOUT));
    }

    private static JsonNode call(EventStore store, String endpoint, String question) {
        return wait(store.call(endpoint, question, TIMEOUT));
    }

    /** @throws JetStreamFault what the server says instead */
    private static <T extends @Nullable Object> T wait(Future<T> future) {
        try {
            return future.await(PURGE_TIMEOUT.toSeconds() + 5, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw unavailable(e);
        }
    }

    private static PlatformException unavailable(Exception cause) {
        return new PlatformException(new AvailabilityError.EventStoreUnavailable(), cause);
    }
}
