package dev.sandpiper.embed;

import dev.sandpiper.runtime.lifecycle.ShutdownStage;
import dev.sandpiper.schedules.ScheduleService;
import dev.sandpiper.schedules.SchedulesConfig;
import dev.sandpiper.schedules.postgres.PostgresSchedules;
import io.vertx.core.Future;

/** How this node takes events for later, and publishes those whose time has come when it is the one that does. */
record ScheduleParts(ScheduleService service) {
    /** When the schema is there. */
    static Future<ScheduleParts> start(Start start, EventParts events) {
        SchedulesConfig config = start.config().schedules();
        var store = new PostgresSchedules(start.database(), config);
        return ScheduleService.start(start.vertx(), store, events.publisher(), config, start.registry())
                .map(service -> {
                    // Before the publisher that it uses.
                    start.shutdown().add(ShutdownStage.NOTIFY, "schedules", service::close);
                    return new ScheduleParts(service);
                });
    }
}
