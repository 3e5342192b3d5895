package dev.sandpiper.runtime.auth;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices when this node was not even able to ask for so long that what it knows may have been overtaken: the process was frozen, or had no
 * time, and the cluster may have gone on without it. Told by whoever asks PostgreSQL at regular times; read by any thread.
 *
 * <p>Times are those of {@link System#nanoTime()}.
 */
public final class Wakefulness {
    private static final Logger log = LoggerFactory.getLogger(Wakefulness.class);

    /** Beside two polls: less than the 8 s of silence after which the cluster sends a node no word any more. */
    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final long silenceNanos;
    private volatile long lastAwake = System.nanoTime();
    private volatile boolean wasFrozen;

    public Wakefulness(Duration pollInterval) {
        this(2 * pollInterval.toNanos() + SILENCE_NANOS);
    }

    private Wakefulness(long silenceNanos) {
        this.silenceNanos = silenceNanos;
    }

    /** For whoever {@link #ticks} while it waits for answers too: only a node that does nothing at all for so long is frozen. */
    public static Wakefulness until(Duration silence) {
        return new Wakefulness(silence.toNanos());
    }

    /** Until PostgreSQL has answered, nothing that was known before is to be believed. */
    public boolean isBehind(long now) {
        return wasFrozen || now - lastAwake > silenceNanos;
    }

    /** PostgreSQL is asked now, which is what is returned. */
    public long asks() {
        return awake();
    }

    /** Nothing is asked, but this node is awake. */
    public void ticks() {
        awake();
    }

    /** It has answered, or has not; {@code asked} is from {@link #asks}. */
    public void answered(long asked, boolean succeeded) {
        long now = awake();
        if (succeeded) {
            // Unless the answer is from before the freeze itself.
            wasFrozen &= now - asked > silenceNanos;
        }
    }

    private long awake() {
        long now = System.nanoTime();
        if (now - lastAwake > silenceNanos) {
            log.atWarn()
                    .addKeyValue("seconds", TimeUnit.NANOSECONDS.toSeconds(now - lastAwake))
                    .log("This node was frozen; it believes no credential before PostgreSQL has answered");
            wasFrozen = true;
        }
        lastAwake = now;
        return now;
    }
}
