package dev.sandpiper.schedules;

import dev.sandpiper.domain.ConflictError;
import dev.sandpiper.domain.DeliveryClass;
import dev.sandpiper.domain.EventId;
import dev.sandpiper.domain.EventIds;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishOptions;
import dev.sandpiper.domain.RequestError;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.runtime.events.Publisher;
import dev.sandpiper.runtime.events.Schedules;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Takes, lists and cancels scheduled events; deploys what publishes them. Safe for use by several threads. */
public final class ScheduleService implements Schedules {
    private final ScheduleStore store;
    private final ScheduleMetrics metrics;
    private final SchedulesVerticle verticle;
    private final Vertx vertx;
    private @Nullable String deployment;

    private ScheduleService(
            Vertx vertx, ScheduleStore store, Publisher publisher, SchedulesConfig config, MeterRegistry registry) {
        this.vertx = vertx;
        this.store = store;
        this.metrics = new ScheduleMetrics(registry, this::isOwner);
        this.verticle = new SchedulesVerticle(store, new Deliveries(publisher, metrics), config);
    }

    /** @param publisher of what is due */
    public static Future<ScheduleService> start(
            Vertx vertx, ScheduleStore store, Publisher publisher, SchedulesConfig config, MeterRegistry registry) {
        var service = new ScheduleService(vertx, store, publisher, config, registry);
        return vertx.deployVerticle(
                        service.verticle, new DeploymentOptions().setThreadingModel(ThreadingModel.VIRTUAL_THREAD))
                .map(id -> {
                    service.deployment = id;
                    return service;
                });
    }

    @Override
    public Future<Scheduled> schedule(PublishCommand command, Instant deliverAt) {
        try {
            check(command);
        } catch (PlatformException e) {
            return Future.failedFuture(e);
        }
        String id = new EventIds(ThreadLocalRandom.current())
                .next(System.currentTimeMillis())
                .value();
        // As precise as PostgreSQL keeps it.
        Instant time = deliverAt.truncatedTo(ChronoUnit.MICROS);
        return store.insert(id, command, time).map(inserted -> {
            metrics.accepted();
            return new Scheduled(inserted.id(), command.topic(), inserted.deliverAt(), inserted.duplicate());
        });
    }

    private static void check(PublishCommand command) {
        PublishOptions options = command.options();
        if (options != null && options.ifLast() != null) {
            throw fault("if_last_cursor");
        }
        if (command.deliveryClass() == DeliveryClass.EPHEMERAL) {
            throw fault("class ephemeral");
        }
    }

    private static PlatformException fault(String what) {
        return new PlatformException(
                new RequestError.InvalidParameter("deliver_at", "cannot be combined with " + what));
    }

    Future<SchedulePage> list(TenantId tenant, ProjectId project, int limit, @Nullable String after) {
        return store.list(tenant, project, limit, after);
    }

    Future<Schedule> find(TenantId tenant, ProjectId project, String id) {
        return isId(id) ? store.find(tenant, project, id) : noSuchSchedule();
    }

    Future<Void> cancel(TenantId tenant, ProjectId project, String id) {
        return isId(id) ? store.cancel(tenant, project, id) : noSuchSchedule();
    }

    /** Whether it can be one of ours: not every text is one that the store can be asked for. */
    private static boolean isId(String text) {
        return text.length() == EventId.LENGTH
                && text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'));
    }

    private static <T> Future<T> noSuchSchedule() {
        return Future.failedFuture(new PlatformException(new ConflictError.ResourceNotFound("schedule")));
    }

    /** Whether this node is the one that publishes. */
    boolean isOwner() {
        return verticle.isOwner();
    }

    /** Finishes what is being published and lets another node go on. */
    public Future<Void> close() {
        String id = deployment;
        return id == null ? Future.succeededFuture() : vertx.undeploy(id);
    }
}
