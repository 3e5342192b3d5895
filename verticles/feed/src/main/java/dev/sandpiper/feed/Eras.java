package dev.sandpiper.feed;

import dev.sandpiper.domain.StoredEvent;
import java.util.function.LongSupplier;

/**
 * Divides what is heard into eras. Live messages come in the order of the stream over all topics, so hearing one proves that no
 * older one of another topic is still on its way; but only within an era, in which the connection held, nothing was dropped,
 * and the stream kept its leader. A leader that dies may have stored an event without announcing it.
 *
 * <p>An election shows as a silence: nats-server waits 4 s at least for a leader that is gone before it elects another, and
 * what it stored before nobody heard of is older than the silence.
 */
final class Eras {
    /** Far less than the 4 s, so that the clocks of servers may differ by seconds; long enough to be rare under load. */
    private static final long SILENCE_MILLIS = 1_000;

    private final LongSupplier breaks;
    private long current = 1;
    private long breaksBefore;
    private long storedBefore;
    private long heardBefore;

    /** @param breaks grows whenever the connection broke or messages were dropped, before anything is heard again */
    Eras(LongSupplier breaks) {
        this.breaks = breaks;
    }

    long current() {
        return current;
    }

    /** Something may have been missed from now on. */
    void end() {
        current++;
    }

    /** @return whether this message does not follow on the one before it: it ought to be the first of a new era */
    boolean isBroken(StoredEvent event, long nowMillis) {
        long stored = event.timestamp().toEpochMilli();
        long broken = breaks.getAsLong();
        boolean silence = Math.abs(stored - storedBefore) > SILENCE_MILLIS || nowMillis - heardBefore > SILENCE_MILLIS;
        boolean follows = !silence && broken == breaksBefore;
        storedBefore = stored;
        heardBefore = nowMillis;
        breaksBefore = broken;
        return !follows;
    }
}
