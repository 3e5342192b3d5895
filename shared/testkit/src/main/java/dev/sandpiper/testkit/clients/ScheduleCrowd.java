package dev.sandpiper.testkit.clients;

import dev.sandpiper.testkit.Eventually;
import dev.sandpiper.testkit.history.Entry;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Schedules events on one topic, cancels some of them, and judges which of them were published, and how often. */
public final class ScheduleCrowd {
    private static final String SCHEDULED = "/v1/events/scheduled";

    private final JsonCalls calls;
    private final String topic;
    private final Set<String> kept = new HashSet<>();
    private final Set<String> cancelled = new HashSet<>();

    /** @param topic which nobody else may use */
    public ScheduleCrowd(List<URI> servers, String key, String topic) {
        this.calls = new JsonCalls(servers, key);
        this.topic = topic;
    }

    /**
     * Returns when all of them are agreed, every tenth of them being cancelled again.
     *
     * @param first the time of the first one
     * @param spread from the first to the last
     */
    public void plan(int count, Instant first, Duration spread) {
        for (int i = 0; i < count; i++) {
            String name = "s" + i;
            Instant time = first.plus(spread.multipliedBy(i).dividedBy(count));
            Answer answer = calls.insist(
                    i,
                    "/v1/events",
                    "{\"topic\":\"" + topic + "\",\"data\":\"" + name + "\",\"key\":\"" + name + "\",\"deliver_at\":\""
                            + time + "\"}");
            if (answer.status() != 202) {
                throw new AssertionError("not scheduled: " + answer);
            }
            if (i % 10 != 0) {
                kept.add(name);
            } else if (cancel(i, answer.text("id"))) {
                cancelled.add(name);
            } else {
                throw new AssertionError("not cancelled: " + name);
            }
        }
    }

    private boolean cancel(int server, String id) {
        Answer answer =
                calls.send(calls.request(server, SCHEDULED + "/" + id).DELETE().build());
        return answer != null && answer.status() == 204;
    }

    /** How many were published so far. */
    public int published(URI server, String key) {
        return StoredTopic.read(server, key, topic).size();
    }

    /** Waits until nothing is scheduled any more, on a server that lives. */
    public void awaitEnd(URI server, String key, Duration patience) {
        try (var client = new KeepAlive(server, key, patience)) {
            Eventually.await(
                    "nothing waits any more",
                    patience,
                    () -> client.get(SCHEDULED).body().startsWith("{\"items\":[]"));
        }
    }

    /** When all is over, says what is wrong with the topic: nothing, if all is well. */
    public List<String> violations(URI server, String key) {
        List<String> found = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Entry entry : StoredTopic.read(server, key, topic)) {
            if (!seen.add(entry.event())) {
                found.add("published twice: " + entry.event());
            }
            if (cancelled.contains(entry.event())) {
                found.add("published though it was cancelled: " + entry.event());
            }
        }
        for (String name : kept) {
            if (!seen.contains(name)) {
                found.add("not published: " + name);
            }
        }
        return found;
    }
}
