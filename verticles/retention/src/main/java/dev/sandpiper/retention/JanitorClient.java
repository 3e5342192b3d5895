package dev.sandpiper.retention;

import dev.sandpiper.domain.AvailabilityError;
import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.ProjectId;
import dev.sandpiper.domain.TenantId;
import dev.sandpiper.domain.TopicPattern;
import dev.sandpiper.retention.JanitorRequest.Operation;
import dev.sandpiper.runtime.bus.Bus;
import dev.sandpiper.runtime.bus.BusAddresses;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Asks the janitor, wherever it is. Every future fails with {@code NODE_UNAVAILABLE} when there is none or it does not answer in
 * time; what it was asked to do may be done later all the same. Safe for use by several threads.
 */
public final class JanitorClient {
    private static final Duration COUNT = Duration.ofSeconds(5);
    private static final Duration WORK = Duration.ofSeconds(25);

    private final Bus bus;

    public JanitorClient(Vertx vertx) {
        this.bus = register(new Bus(vertx));
    }

    static Bus register(Bus bus) {
        return bus.register(new JanitorRequestCodec()).register(new JanitorAnswerCodec());
    }

    /** Something was decided; if the word is lost, it is noticed a moment later. */
    void look() {
        bus.announce(BusAddresses.JANITOR, JanitorRequest.of(Operation.LOOK));
    }

    Future<Void> count() {
        return ask(JanitorRequest.of(Operation.COUNT), COUNT).mapEmpty();
    }

    Future<JanitorAnswer> check() {
        return ask(JanitorRequest.of(Operation.CHECK), WORK);
    }

    Future<JanitorAnswer> describe() {
        return ask(JanitorRequest.of(Operation.DESCRIBE), COUNT);
    }

    /** @param before null for all events */
    Future<JanitorAnswer> purge(
            TenantId tenant, ProjectId project, TopicPattern topics, @Nullable Instant before, boolean dryRun) {
        var request = new JanitorRequest(
                Operation.PURGE,
                tenant.value(),
                project.value(),
                topics.text(),
                before == null ? Long.MAX_VALUE : before.toEpochMilli(),
                dryRun);
        return ask(request, WORK);
    }

    private Future<JanitorAnswer> ask(JanitorRequest request, Duration timeout) {
        return bus.request(BusAddresses.JANITOR, request, JanitorAnswer.class, timeout)
                .recover(e -> Future.failedFuture(new PlatformException(new AvailabilityError.NodeUnavailable(), e)));
    }
}
