package dev.sandpiper.perf;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.ConcurrentHistogram;
import org.jspecify.annotations.Nullable;

/** What arrived: how many, how late, and whether anything was lost, repeated or out of order. */
final class Deliveries {
    /** Payloads look like {@code {"sent":<nanoTime>,"count":<n>,…}}. */
    static final byte[] SENT = "\"sent\":".getBytes(StandardCharsets.US_ASCII);

    static final byte[] COUNT = "\"count\":".getBytes(StandardCharsets.US_ASCII);

    private final AtomicLong count = new AtomicLong();
    private final AtomicLong outOfOrder = new AtomicLong();
    private final AtomicReference<@Nullable String> failure = new AtomicReference<>();
    private final ConcurrentHistogram nanos = new ConcurrentHistogram(3);

    void received(long sent, boolean inOrder) {
        count.incrementAndGet();
        nanos.recordValue(Math.max(0, System.nanoTime() - sent));
        if (!inOrder) {
            outOfOrder.incrementAndGet();
        }
    }

    void failed(String what) {
        failure.compareAndSet(null, what);
    }

    long count() {
        return count.get();
    }

    void reset() {
        count.set(0);
        nanos.reset();
    }

    double percentileMillis(double percentile) {
        return nanos.getValueAtPercentile(percentile) / 1e6;
    }

    /** @throws IllegalStateException when anything was lost, repeated, out of order or closed */
    void requireComplete(long expected) {
        requireNoFailure();
        if (count.get() != expected || outOfOrder.get() != 0) {
            throw new IllegalStateException("expected " + expected + " deliveries in order, got " + count.get() + ", "
                    + outOfOrder.get() + " of them out of order");
        }
    }

    /** @throws IllegalStateException when a socket was refused or closed */
    void requireNoFailure() {
        String what = failure.get();
        if (what != null) {
            throw new IllegalStateException(what);
        }
    }

    static long number(ByteBuf bytes, int from, int length, byte[] name) {
        int end = from + length;
        outer:
        for (int i = from; i < end - name.length; i++) {
            for (int j = 0; j < name.length; j++) {
                if (bytes.getByte(i + j) != name[j]) {
                    continue outer;
                }
            }
            long value = 0;
            for (int k = i + name.length; k < end; k++) {
                int digit = bytes.getByte(k) - '0';
                if (digit < 0 || digit > 9) {
                    return value;
                }
                value = value * 10 + digit;
            }
        }
        return -1;
    }
}
