package dev.sandpiper.testkit.clients;

import dev.sandpiper.testkit.history.Reader;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A client that comes back: whenever its connection ends it resumes after the last event that it was given, on the next server
 * when one cannot be reached, until it is closed. It remembers how long it was away each time.
 */
public final class ResumingSubscriber implements AutoCloseable {
    private static final Duration ATTEMPT = Duration.ofSeconds(4);
    private static final long PAUSE_NANOS = 50_000_000;

    private final List<URI> servers;
    private final String key;
    private final String topic;
    private final Reader reader;
    private final List<Duration> absences = new ArrayList<>();
    private final Thread thread;
    private volatile @Nullable Subscriber current;
    private volatile @Nullable String failure;
    private volatile boolean closed;

    private ResumingSubscriber(List<URI> servers, int home, String key, String topic, Reader reader) {
        this.servers = List.copyOf(servers);
        this.key = key;
        this.topic = topic;
        this.reader = reader;
        this.current = Subscriber.on(servers.get(home), key, topic, reader);
        this.thread = Thread.ofVirtual().name("resuming-" + reader.name()).start(() -> comeBack(home));
    }

    /**
     * Returns once the first subscription stands.
     *
     * @param home the server to begin with
     */
    public static ResumingSubscriber on(List<URI> servers, int home, String key, String topic, Reader reader) {
        return new ResumingSubscriber(servers, home, key, topic, reader);
    }

    public Reader reader() {
        return reader;
    }

    public boolean isOpen() {
        Subscriber now = current;
        return now != null && now.isOpen();
    }

    /** How long each pause between two connections was, from the end of one to the subscription on the next. */
    public List<Duration> absences() {
        synchronized (absences) {
            return List.copyOf(absences);
        }
    }

    /** Fails when it was told that it cannot resume. */
    public void requireNoFailure() {
        String said = failure;
        if (said != null) {
            throw new AssertionError(reader.name() + " could not resume: " + said);
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        Subscriber open = current;
        if (open != null) {
            open.close();
        }
    }

    private void comeBack(int home) {
        int server = home;
        while (!closed) {
            awaitEnd();
            long away = System.nanoTime();
            while (!closed && !isBackOn(server)) {
                server = (server + 1) % servers.size();
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            synchronized (absences) {
                absences.add(Duration.ofNanos(System.nanoTime() - away));
            }
        }
    }

    private void awaitEnd() {
        Subscriber open = current;
        if (open == null) {
            return;
        }
        try {
            open.ended().get();
        } catch (InterruptedException e) {
            closed = true;
        } catch (ExecutionException e) {
            throw new IllegalStateException("The end of a connection is never exceptional", e);
        }
    }

    private boolean isBackOn(int server) {
        try {
            Subscriber resumed = Subscriber.on(servers.get(server), key, topic, reader, ATTEMPT);
            current = resumed;
            if (closed) {
                resumed.close();
            }
            return true;
        } catch (AssertionError e) {
            if (String.valueOf(e.getMessage()).startsWith("not resumed")) {
                failure = e.getMessage();
                closed = true;
            }
            return false;
        }
    }
}
