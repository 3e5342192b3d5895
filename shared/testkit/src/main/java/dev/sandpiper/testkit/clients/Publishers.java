package dev.sandpiper.testkit.clients;

import dev.sandpiper.testkit.history.History;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Publishes over HTTP from several connections at once, each one event after the other without a pause, as many as wanted or
 * until told to stop. Each event has an idempotency key, and is sent again until there is a receipt, on the next server when
 * one cannot be reached: what well-behaved clients do.
 */
public final class Publishers implements AutoCloseable {
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final Duration END = Duration.ofSeconds(60);
    private static final long PAUSE_NANOS = 20_000_000;

    private final History history;
    private final List<URI> servers;
    private final String key;
    private final String topic;
    private final int events;
    private final long pauseNanos;
    private final AtomicInteger next = new AtomicInteger();
    private final Map<Integer, Integer> statuses = new ConcurrentHashMap<>();
    private final Map<String, Integer> refusals = new ConcurrentHashMap<>();
    private final Queue<String> unanswered = new ConcurrentLinkedQueue<>();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicLong slowest = new AtomicLong();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean enough;
    private volatile boolean givenUp;

    private Publishers(History history, List<URI> servers, String key, String topic, int events, Duration pause) {
        this.history = history;
        this.servers = List.copyOf(servers);
        this.key = key;
        this.topic = topic;
        this.events = events;
        this.pauseNanos = pause.toNanos();
    }

    /** @param events in all; {@link Integer#MAX_VALUE} to go on until {@link #finish()} */
    public static Publishers start(
            History history, List<URI> servers, String key, String topic, int connections, int events) {
        return start(history, servers, key, topic, connections, events, Duration.ZERO);
    }

    /** @param pause of each connection after each event */
    public static Publishers start(
            History history, List<URI> servers, String key, String topic, int connections, int events, Duration pause) {
        var publishers = new Publishers(history, servers, key, topic, events, pause);
        for (int i = 0; i < connections; i++) {
            int home = i;
            publishers.threads.add(
                    Thread.ofPlatform().daemon().name("publisher-" + i).start(() -> publishers.work(home)));
        }
        return publishers;
    }

    /** Begins no further event, and waits until those that were begun have their receipts. */
    public void finish() {
        enough = true;
        awaitAll();
    }

    /** Waits until all events have their receipts. */
    public void awaitAll() {
        long deadline = System.nanoTime() + END.toNanos();
        for (Thread thread : threads) {
            try {
                if (!thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())))) {
                    throw new AssertionError("still publishing after " + END.toSeconds() + " s; " + this);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while publishing", e);
            }
        }
        requireNoFailure();
    }

    /** Fails when an answer came that no client could make sense of. */
    public void requireNoFailure() {
        if (!failures.isEmpty()) {
            throw new AssertionError("publishing failed: " + failures);
        }
    }

    /** How many answers there were of each HTTP status. */
    public Map<Integer, Integer> statuses() {
        return Map.copyOf(statuses);
    }

    /** How many answers there were of each error code. */
    public Map<String, Integer> refusals() {
        return Map.copyOf(refusals);
    }

    /** Requests that a server took and did not answer, see {@link Unanswered}. */
    public List<String> unanswered() {
        return List.copyOf(unanswered);
    }

    /** The longest time that any answer took, whatever it said. */
    public Duration slowest() {
        return Duration.ofNanos(slowest.get());
    }

    /** Stops at once, with or without receipts. */
    @Override
    public void close() {
        enough = true;
        givenUp = true;
        threads.forEach(Thread::interrupt);
    }

    @Override
    public String toString() {
        return history.acknowledged() + " receipts, answers " + statuses + ", unanswered " + unanswered + ", slowest "
                + slowest().toMillis() + " ms";
    }

    private void work(int home) {
        int server = home % servers.size();
        var client = new KeepAlive(servers.get(server), key, ANSWER);
        try {
            for (int number = next.getAndIncrement(); number < events && !enough; number = next.getAndIncrement()) {
                String event = "e" + number;
                history.sending(event);
                while (!givenUp && !isAcknowledged(client, event)) {
                    client.close();
                    server = (server + 1) % servers.size();
                    client = new KeepAlive(servers.get(server), key, ANSWER);
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
                if (pauseNanos > 0) {
                    LockSupport.parkNanos(pauseNanos);
                }
            }
        } catch (RuntimeException e) {
            failures.add(e.toString());
        } finally {
            client.close();
        }
    }

    private boolean isAcknowledged(KeepAlive client, String event) {
        String json =
                "{\"topic\":\"" + topic + "\",\"data\":\"" + event + "\",\"key\":\"" + topic + "/" + event + "\"}";
        long begun = System.nanoTime();
        try {
            Answer answer = client.post("/v1/events", json);
            slowest.accumulateAndGet(System.nanoTime() - begun, Math::max);
            statuses.merge(answer.status(), 1, Integer::sum);
            // 200 is the receipt of the first attempt, whose answer did not come.
            if (answer.status() == 201) {
                history.acknowledged(event, answer.text("cursor"));
                return true;
            }
            refusals.merge(answer.text("code"), 1, Integer::sum);
            if (answer.status() != 503 && answer.status() != 507 && answer.status() != 429) {
                throw new IllegalStateException(event + ": " + answer.status() + " " + answer.body());
            }
        } catch (Unanswered e) {
            slowest.accumulateAndGet(System.nanoTime() - begun, Math::max);
            unanswered.add(event + " " + e.getMessage());
        } catch (IOException e) {
            // Not sent: nobody owes anything, and the next server is tried.
            statuses.merge(0, 1, Integer::sum);
        }
        return false;
    }
}
