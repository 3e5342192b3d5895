package dev.sandpiper.runtime.nats;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.TopicPattern;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Up to where events of single topics were removed: the highest sequence that is gone. The stream itself cannot tell, because
 * its first sequence does not move when one topic is purged. Whoever purges writes the mark first; whoever reads and does not
 * find the event that it stands on asks for the mark after it has read. So a reader never takes a hole for the end of a gap.
 *
 * <p>Marks lie in a stream of their own, the newest for each topic, and are announced to {@link Subjects#trimWildcard} by being
 * written. As long as nothing was ever purged, and as long as nothing was purged since a topic's mark was last read, a question
 * is one request for the stream's state, shared by all who ask at the same time. Safe for use by several threads.
 */
public final class TrimMarks {
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final Duration CHANGE_TIMEOUT = Duration.ofSeconds(5);
    private static final int CACHED = 10_000;
    private static final int PROJECTS = 100;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final JetStreamApi api;
    private final Subjects subjects;
    private final int replicas;
    private final IntSupplier epoch;
    private final Map<String, Known> cache = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
            return size() > CACHED;
        }
    };
    private final Map<String, ProjectMarks> projects = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ProjectMarks> eldest) {
            return size() > PROJECTS;
        }
    };
    private @Nullable Promise<Version> underWay;
    private @Nullable Promise<Version> next;
    private volatile boolean made;

    TrimMarks(JetStreamApi api, Subjects subjects, int replicas, IntSupplier epoch) {
        this.api = api;
        this.subjects = subjects;
        this.replicas = replicas;
        this.epoch = epoch;
    }

    /**
     * One topic's mark.
     *
     * @param epoch of the event stream that it speaks of
     * @param through every event of the topic at or below this sequence is gone, or about to go
     */
    public record Mark(Subjects.Address address, int epoch, long through) {}

    /** Which marks there are: another incarnation of their stream or another sequence means that some may have changed. */
    private record Version(Instant made, long sequence) {
        static final Version NONE = new Version(Instant.EPOCH, 0);
    }

    private record Known(Version version, long through) {}

    /**
     * Writes a mark; it stays the higher one. Completes once it is stored; fails with {@code EVENT_STORE_UNAVAILABLE}.
     */
    public Future<Void> put(Subjects.Address address, long through) {
        return (made ? Future.<Void>succeededFuture() : make())
                .compose(v -> read(address))
                .compose(now -> now >= through ? Future.<Void>succeededFuture() : write(address, through))
                .recover(e -> {
                    made = false;
                    return Future.failedFuture(unavailable(e));
                });
    }

    private Future<Void> write(Subjects.Address address, long through) {
        ObjectNode body = JSON.createObjectNode().put("epoch", epoch.getAsInt()).put("through", through);
        return api.call(subjects.trim(address), body.toString(), CHANGE_TIMEOUT).mapEmpty();
    }

    /**
     * A topic's mark, as of some moment after this call; 0 when there is none. Completes on any thread; fails with {@code
     * EVENT_STORE_UNAVAILABLE}.
     */
    public Future<Long> of(Subjects.Address address) {
        String subject = subjects.trim(address);
        return version().compose(version -> {
            if (version.sequence() == 0) {
                return Future.succeededFuture(0L);
            }
            synchronized (cache) {
                Known known = cache.get(subject);
                if (known != null && known.version().equals(version)) {
                    return Future.succeededFuture(known.through());
                }
            }
            return read(address).map(through -> {
                synchronized (cache) {
                    cache.put(subject, new Known(version, through));
                }
                return through;
            });
        });
    }

    /**
     * The highest mark of all topics of a project that match, as of some moment after this call; 0 when there is none. Completes on any
     * thread; fails with {@code EVENT_STORE_UNAVAILABLE}. The first question about a project with many marks may fail for want of time: the
     * next one goes on where it ended.
     */
    public Future<Long> highest(TenantId tenant, ProjectId project, TopicPattern topics) {
        String subject = subjects.trimUnder(tenant, project);
        return version().compose(version -> {
            if (version.sequence() == 0) {
                return Future.succeededFuture(0L);
            }
            ProjectMarks marks;
            synchronized (projects) {
                marks = projects.get(subject);
                if (marks == null || !marks.isOf(version.made())) {
                    marks = new ProjectMarks(version.made());
                    projects.put(subject, marks);
                }
            }
            ProjectMarks known = marks;
            return readOn(subject, known, version.sequence()).map(v -> known.highest(topics));
        });
    }

    /** Up to a sequence of the marks' stream. */
    private Future<Void> readOn(String subject, ProjectMarks marks, long sequence) {
        if (marks.read() >= sequence) {
            return Future.succeededFuture();
        }
        ObjectNode body = JSON.createObjectNode().put("seq", marks.read() + 1).put("next_by_subj", subject);
        return api.call("$JS.API.STREAM.MSG.GET." + subjects.trimStream(), body.toString(), TIMEOUT)
                .map(answer -> {
                    JsonNode message = answer.path("message");
                    String marked = message.path("subject").asText();
                    marks.add(
                            message.path("seq").asLong(), subjects.parse(marked).topic(), through(marked, message));
                    return (Void) null;
                })
                .recover(e -> {
                    if (!EventStream.isFault(e, JetStreamFault.MESSAGE_NOT_FOUND)) {
                        return Future.failedFuture(unavailable(e));
                    }
                    marks.readTo(sequence);
                    return Future.succeededFuture();
                })
                .compose(v -> readOn(subject, marks, sequence));
    }

    /**
     * Reads what was heard on {@link Subjects#trimWildcard}.
     *
     * @throws IllegalArgumentException when it is no mark
     */
    public Mark parse(String subject, byte[] body) {
        try {
            JsonNode json = JSON.readTree(body);
            if (!json.path("epoch").isInt() || !json.path("through").isIntegralNumber()) {
                throw new IllegalArgumentException("not a trim mark");
            }
            return new Mark(
                    subjects.parse(subject),
                    json.path("epoch").intValue(),
                    json.path("through").longValue());
        } catch (IOException e) {
            throw new IllegalArgumentException("not a trim mark", e);
        }
    }

    /** Every mark that there is of this incarnation of the event stream. Reads them one by one: not often. */
    public Future<Map<Subjects.Address, Long>> all() {
        return subjectsFrom(subjects.trimPattern(), 0, new ArrayList<>()).compose(this::readAll);
    }

    /** Likewise, of one tenant. */
    public Future<Map<Subjects.Address, Long>> all(TenantId tenant) {
        return subjectsFrom(subjects.trimsOf(tenant), 0, new ArrayList<>()).compose(this::readAll);
    }

    private Future<List<String>> subjectsFrom(String filter, long offset, List<String> found) {
        ObjectNode body = JSON.createObjectNode().put("subjects_filter", filter).put("offset", offset);
        return api.call("$JS.API.STREAM.INFO." + subjects.trimStream(), body.toString(), CHANGE_TIMEOUT)
                .compose(info -> {
                    JsonNode page = info.path("state").path("subjects");
                    page.fieldNames().forEachRemaining(found::add);
                    long next = offset + page.size();
                    return page.isEmpty() || next >= info.path("total").asLong()
                            ? Future.succeededFuture(found)
                            : subjectsFrom(filter, next, found);
                })
                .recover(e -> isMissing(e) ? Future.succeededFuture(List.of()) : Future.failedFuture(unavailable(e)));
    }

    private Future<Map<Subjects.Address, Long>> readAll(List<String> marked) {
        Map<Subjects.Address, Long> marks = new HashMap<>();
        Future<Void> done = Future.succeededFuture();
        for (String subject : marked) {
            done = done.compose(v -> {
                Subjects.Address address = subjects.parse(subject);
                return read(address).map(through -> {
                    if (through > 0) {
                        marks.put(address, through);
                    }
                    return (Void) null;
                });
            });
        }
        return done.map(v -> marks);
    }

    /** Removes a topic's mark, once the event stream's own first sequence says as much. */
    public Future<Void> forget(Subjects.Address address) {
        ObjectNode body = JSON.createObjectNode().put("filter", subjects.trim(address));
        return api.call("$JS.API.STREAM.PURGE." + subjects.trimStream(), body.toString(), CHANGE_TIMEOUT)
                .<Void>mapEmpty()
                .recover(TrimMarks::unlessMissing);
    }

    /** The mark as its stream's leader has it. */
    private Future<Long> read(Subjects.Address address) {
        String subject = subjects.trim(address);
        ObjectNode body = JSON.createObjectNode().put("last_by_subj", subject);
        return api.call("$JS.API.STREAM.MSG.GET." + subjects.trimStream(), body.toString(), TIMEOUT)
                .map(answer -> through(subject, answer.path("message")))
                .recover(e -> isMissing(e) || EventStream.isFault(e, JetStreamFault.MESSAGE_NOT_FOUND)
                        ? Future.succeededFuture(0L)
                        : Future.failedFuture(unavailable(e)));
    }

    private long through(String subject, JsonNode message) {
        try {
            byte[] body = message.path("data").binaryValue();
            Mark mark = parse(subject, body == null ? new byte[0] : body);
            // What was removed from another incarnation of the stream is not missing in this one.
            return mark.epoch() == epoch.getAsInt() ? mark.through() : 0;
        } catch (IOException e) {
            throw new IllegalArgumentException("not a message of nats-server", e);
        }
    }

    /** One question for all who ask while another is under way. */
    private Future<Version> version() {
        Promise<Version> asked;
        synchronized (this) {
            if (underWay != null) {
                if (next == null) {
                    next = Promise.promise();
                }
                return next.future();
            }
            asked = Promise.promise();
            underWay = asked;
        }
        ask(asked);
        return asked.future();
    }

    private void ask(Promise<Version> asked) {
        api.call("$JS.API.STREAM.INFO." + subjects.trimStream(), "", TIMEOUT)
                .map(info -> new Version(
                        Instant.parse(info.path("created").asText()),
                        info.path("state").path("last_seq").asLong()))
                .recover(e -> isMissing(e) ? Future.succeededFuture(Version.NONE) : Future.failedFuture(unavailable(e)))
                .onComplete(answer -> {
                    Promise<Version> following;
                    synchronized (this) {
                        following = next;
                        underWay = following;
                        next = null;
                    }
                    if (answer.succeeded()) {
                        asked.complete(answer.result());
                    } else {
                        asked.fail(answer.cause());
                    }
                    if (following != null) {
                        ask(following);
                    }
                });
    }

    private Future<Void> make() {
        ObjectNode wanted = JSON.createObjectNode();
        wanted.put("name", subjects.trimStream());
        wanted.putArray("subjects").add(subjects.trimPattern());
        wanted.put("retention", "limits");
        wanted.put("storage", "file");
        wanted.put("max_msgs_per_subject", 1);
        wanted.put("num_replicas", replicas);
        return api.call("$JS.API.STREAM.CREATE." + subjects.trimStream(), wanted.toString(), CHANGE_TIMEOUT)
                .<Void>mapEmpty()
                // Made earlier, perhaps with other settings: an operator's.
                .recover(e -> EventStream.isFault(e, JetStreamFault.STREAM_NAME_IN_USE)
                        ? Future.succeededFuture()
                        : Future.failedFuture(e))
                .onSuccess(v -> made = true);
    }

    private static Future<Void> unlessMissing(Throwable error) {
        return isMissing(error) ? Future.succeededFuture() : Future.failedFuture(unavailable(error));
    }

    private static boolean isMissing(Throwable error) {
        return EventStream.isFault(error, JetStreamFault.STREAM_NOT_FOUND);
    }

    private static Throwable unavailable(Throwable error) {
        return error instanceof PlatformException
                ? error
                : new PlatformException(new AvailabilityError.EventStoreUnavailable(), error);
    }
}
