package dev.sandpiper.publisher;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Runs steps of the same key one after the other, in the order of the calls, whatever becomes of each. */
final class InTurn<K> {
    private final Map<K, Future<?>> last = new ConcurrentHashMap<>();

    /** @param step begun when the steps before it have ended, on any thread; must not throw */
    <T> Future<T> run(K key, Supplier<Future<T>> step) {
        Promise<T> ended = Promise.promise();
        Future<?> before = last.put(key, ended.future());
        Future<T> result = before == null ? step.get() : before.transform(any -> step.get());
        result.onComplete(ended);
        ended.future().onComplete(any -> last.remove(key, ended.future()));
        return ended.future();
    }
}
