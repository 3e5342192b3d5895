package dev.sandpiper.topics;

import dev.sandpiper.domain.PlatformException;
import dev.sandpiper.domain.PublishCommand;
import dev.sandpiper.domain.PublishReceipt;
import dev.sandpiper.runtime.events.Publisher;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;

/** Lets an event through to the publisher only when it keeps the rule of its topic. */
final class RuledPublisher implements Publisher {
    private final VertxInternal vertx;
    private final RuleCheck check;
    private final Publisher next;

    RuledPublisher(Vertx vertx, RuleCheck check, Publisher next) {
        this.vertx = (VertxInternal) vertx;
        this.check = check;
        this.next = next;
    }

    @Override
    public Future<PublishReceipt> publish(PublishCommand command) {
        PublishCommand kept;
        try {
            kept = check.keep(command);
        } catch (PlatformException e) {
            return vertx.getOrCreateContext().failedFuture(e);
        }
        return next.publish(kept);
    }
}
