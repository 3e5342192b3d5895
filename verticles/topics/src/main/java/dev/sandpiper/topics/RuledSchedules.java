package dev.sandpiper.topics;

import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.runtime.events.Schedules;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.time.Instant;

/**
 * Takes an event for later only when it keeps the rule that its topic has now. What the rule adds to it is decided when it is
 * published, by the rule that the topic has then.
 */
final class RuledSchedules implements Schedules {
    private final VertxInternal vertx;
    private final RuleCheck check;
    private final Schedules next;

    RuledSchedules(Vertx vertx, RuleCheck check, Schedules next) {
        this.vertx = (VertxInternal) vertx;
        this.check = check;
        this.next = next;
    }

    @Override
    public Future<Scheduled> schedule(PublishCommand command, Instant deliverAt) {
        try {
            check.keep(command);
        } catch (PlatformException e) {
            return vertx.getOrCreateContext().failedFuture(e);
        }
        return next.schedule(command, deliverAt);
    }
}
