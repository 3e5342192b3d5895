package dev.sandpiper.runtime.management;

import io.vertx.core.Future;
import java.util.function.Supplier;

/** One thing that has to be well for a node to be ready. Features bring their own. */
public interface HealthCheck {
    /** Short, in kebab case, such as {@code event-store}. */
    String name();

    /** Succeeds when well; otherwise fails with a reason that an operator understands. Called on any context. */
    Future<Void> check();

    static HealthCheck of(String name, Supplier<Future<Void>> check) {
        return new HealthCheck() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Future<Void> check() {
                return check.get();
            }
        };
    }
}
