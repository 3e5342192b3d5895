package dev.sandpiper.feed;

import dev.sandpiper.domain.Cursor;
import dev.sandpiper.domain.PlatformError;
import dev.sandpiper.domain.StoredEvent;
import dev.sandpiper.runtime.events.FeedListener;
import dev.sandpiper.runtime.events.FeedOpening;
import dev.sandpiper.runtime.events.FeedSubscription;
import dev.sandpiper.testkit.Eventually;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A listener that remembers what it was told, and objects when the feed breaks its contract. */
final class Recorder implements FeedListener {
    private final List<StoredEvent> events = new ArrayList<>();
    private final List<String> objections = new ArrayList<>();
    private @Nullable FeedOpening opening;
    private @Nullable PlatformError failure;
    private @Nullable Thread thread;
    private int unflushed;
    private int batches;
    volatile @Nullable FeedSubscription subscription;
    volatile Consumer<StoredEvent> onEvent = event -> {};

    @Override
    public synchronized void onOpen(FeedOpening first) {
        checkThread();
        if (opening != null) {
            objections.add("opened twice");
        }
        if (subscription == null) {
            objections.add("opened before subscribe returned");
        }
        opening = first;
    }

    @Override
    public void onEvent(StoredEvent event) {
        synchronized (this) {
            checkThread();
            if (opening == null) {
                objections.add("an event before the opening");
            }
            if (failure != null) {
                objections.add("an event after the failure");
            }
            events.add(event);
            unflushed++;
        }
        onEvent.accept(event);
    }

    @Override
    public synchronized void onBatchEnd() {
        checkThread();
        batches++;
        unflushed = 0;
    }

    @Override
    public synchronized void onFailure(PlatformError error) {
        checkThread();
        if (failure != null) {
            objections.add("failed twice");
        }
        failure = error;
    }

    private void checkThread() {
        if (thread == null) {
            thread = Thread.currentThread();
        } else if (!thread.equals(Thread.currentThread())) {
            objections.add("called on " + Thread.currentThread());
        }
    }

    synchronized List<String> objections() {
        return List.copyOf(objections);
    }

    synchronized List<StoredEvent> events() {
        return List.copyOf(events);
    }

    synchronized List<Long> sequences() {
        return events.stream().map(StoredEvent::sequence).toList();
    }

    synchronized List<String> texts() {
        return events.stream()
                .map(event -> new String(event.data(), StandardCharsets.UTF_8))
                .toList();
    }

    synchronized int count() {
        return events.size();
    }

    synchronized int batches() {
        return batches;
    }

    synchronized boolean isFlushed() {
        return unflushed == 0;
    }

    synchronized @Nullable FeedOpening openingOrNull() {
        return opening;
    }

    synchronized @Nullable PlatformError failure() {
        return failure;
    }

    FeedOpening opening() {
        Eventually.await("the subscription is open", () -> openingOrNull() != null || failure() != null);
        FeedOpening first = openingOrNull();
        if (first == null) {
            throw new AssertionError("the subscription failed: " + failure());
        }
        return first;
    }

    Cursor cursor() {
        return opening().cursor();
    }

    Recorder awaitCount(int wanted) {
        Eventually.await(wanted + " events", Duration.ofSeconds(20), () -> count() >= wanted || failure() != null);
        return this;
    }

    PlatformError awaitFailure() {
        Eventually.await("the subscription fails", () -> failure() != null);
        PlatformError error = failure();
        if (error == null) {
            throw new AssertionError("no failure");
        }
        return error;
    }
}
