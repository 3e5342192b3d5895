package dev.sandpiper.embed;

import dev.sandpiper.runtime.auth.Fence;
import dev.sandpiper.runtime.lifecycle.Shutdown;
import dev.sandpiper.runtime.management.Health;
import dev.sandpiper.runtime.postgres.Database;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.function.Supplier;

/**
 * What every part of a node needs to start: where it runs, its settings, and where it says how it is and how it ends.
 *
 * @param database of which the schema may still be on its way: do not ask it before {@link Assembly} says that it is there
 * @param fence in front of what is delivered
 */
record Start(
        Vertx vertx,
        NodeConfig config,
        MeterRegistry registry,
        Health health,
        Shutdown shutdown,
        Database database,
        Fence fence) {
    GeneralConfig general() {
        return config.general();
    }

    boolean has(Role role) {
        return config.general().has(role);
    }

    /** One instance per event loop. */
    Future<String> deployOnEveryLoop(Supplier<? extends Deployable> verticle) {
        return vertx.deployVerticle(
                verticle, new DeploymentOptions().setInstances(general().eventLoops()));
    }
}
