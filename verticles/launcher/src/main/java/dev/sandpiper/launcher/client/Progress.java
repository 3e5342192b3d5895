package dev.sandpiper.launcher.client;

import dev.sandpiper.launcher.cli.Console;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Says now and then on standard error how far a long command is. */
final class Progress {
    private static final long EVERY = TimeUnit.SECONDS.toNanos(2);

    private final String what;
    private final long begun = System.nanoTime();
    private long saidAt = begun;
    private volatile long count;

    /** @param what is counted, in the plural */
    Progress(String what) {
        this.what = what;
    }

    /** By one thread. */
    void add(long more) {
        long now = System.nanoTime();
        long sum = count + more;
        count = sum;
        if (now - saidAt >= EVERY) {
            saidAt = now;
            say(now);
        }
    }

    long count() {
        return count;
    }

    /** Says it once more, if it was said before: a short command needs no progress. */
    void end() {
        if (saidAt != begun) {
            say(System.nanoTime());
        }
    }

    private void say(long now) {
        double seconds = Math.max(1, now - begun) / (double) TimeUnit.SECONDS.toNanos(1);
        Console.ERR.println(
                String.format(Locale.ROOT, "sandpiper: %,d %s, %,.0f a second", count, what, count / seconds));
    }
}
