package dev.sandpiper.testkit;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** Waits for what will be true soon, instead of sleeping and hoping. */
public final class Eventually {
    public static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final long PAUSE_NANOS = 2_000_000;

    private Eventually() {}

    /** Within {@link #PATIENCE}. */
    public static void await(Callable<Boolean> condition) {
        await("the condition", PATIENCE, condition);
    }

    /** @param what for the message when it does not come true, such as {@code "the node is ready"} */
    public static void await(String what, Callable<Boolean> condition) {
        await(what, PATIENCE, condition);
    }

    public static void await(String what, Duration patience, Callable<Boolean> condition) {
        get(what, patience, condition, Boolean.TRUE::equals);
    }

    /** The first value that is as wanted. */
    public static <T> T get(String what, Duration patience, Callable<T> source, Predicate<T> wanted) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            T value = call(source);
            if (wanted.test(value)) {
                return value;
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("Not true after " + patience.toMillis() + " ms: " + what + "; last: " + value);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** Keeps asserting until it holds; afterwards its own error tells. */
    public static void succeeds(Duration patience, Assertion assertion) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                assertion.check();
                return;
            } catch (AssertionError e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
            } catch (Exception e) {
                throw new AssertionError("The assertion could not be checked", e);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** What {@link #succeeds} repeats. */
    @FunctionalInterface
    public interface Assertion {
        void check() throws Exception;
    }

    private static <T> T call(Callable<T> source) {
        try {
            return source.call();
        } catch (Exception e) {
            throw new AssertionError("The condition could not be checked", e);
        }
    }
}
